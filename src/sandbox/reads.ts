import { badRequest, type Call } from './call.ts'
import { isApproved } from './lifecycle.ts'
import type { FileState, PageRecord } from './record.ts'
import { day, modelOf, readFileOf, readFileOfPage, readFiles, type World } from './state.ts'

/** A page as JSON, and its entries in `signed_urls`. */
interface RenderedPage {
  readonly record: string
  readonly image: string
  readonly file: string
}

/** Records never change, so each is rendered once. */
const rendered = new WeakMap<PageRecord, RenderedPage>()

function signature(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** Links to one stored object. The host is reserved, so that following one reaches nothing. */
function signedUrls(world: World, path: string): string {
  // assumption: signed-url-form
  const start = (world.today * day) / 1000
  const link = (rest: string) => `https://files.sandbox.invalid/${path}?${rest}&s=${signature(path + rest)}`
  const [short, long] = [start + 14 * 3600, start + 180 * 86_400]
  const entry = {
    original: link(`expires=${short}&or=0`),
    original_compressed: link(`auto=compress&expires=${short}&or=0`),
    thumbnail: link(`auto=compress&expires=${short}&w=240`),
    acw_rotate_90: link(`auto=compress&expires=${short}&or=270`),
    acw_rotate_180: link(`auto=compress&expires=${short}&or=180`),
    acw_rotate_270: link(`auto=compress&expires=${short}&or=90`),
    original_with_long_expiry: link(`expires=${long}&or=0`),
  }
  return `${JSON.stringify(path)}:${JSON.stringify(entry)}`
}

function render(world: World, page: PageRecord): RenderedPage {
  const known = rendered.get(page)
  if (known !== undefined) return known
  const fresh = {
    record: JSON.stringify(page),
    image: signedUrls(world, page.url),
    file: signedUrls(world, page.file_url),
  }
  rendered.set(page, fresh)
  return fresh
}

/** The answer of get by file and of list: pages apart by approval, with the links of all of them. */
function envelope(world: World, files: readonly FileState[]): string {
  // assumption: unmoderated-is-everything-else
  const moderated: string[] = []
  const unmoderated: string[] = []
  const urls: string[] = []
  for (const file of files) {
    const images = isApproved(file) ? moderated : unmoderated
    for (const page of file.pages) {
      const { record, image, file: original } = render(world, page)
      images.push(record)
      urls.push(image)
      if (page.page === 0) urls.push(original)
    }
  }
  const counts = `"moderated_images_count":${moderated.length},"unmoderated_images_count":${unmoderated.length}`
  const lists = `"moderated_images":[${moderated.join()}],"unmoderated_images":[${unmoderated.join()}]`
  return `{${counts},${lists},"signed_urls":{${urls.join()}}}`
}

/** All pages of one file. */
export function getFile(world: World, call: Call): string {
  return envelope(world, [readFileOf(world, modelOf(world, call.model_id), call.id)])
}

/** One page. */
export function getPage(world: World, call: Call): string {
  const file = readFileOfPage(world, modelOf(world, call.model_id), call.id)
  const pages = file.pages.filter((page) => page.id === call.id).map((page) => render(world, page))
  const urls = pages.flatMap((page) => [page.image, page.file])
  return `{"message":"Success","result":[${pages.map((page) => page.record).join()}],"signed_urls":{${urls.join()}}}`
}

function dayOf(query: URLSearchParams, name: string): number {
  const text = query.get(name)
  if (text === null || !/^\d{1,7}$/.test(text)) throw badRequest(`${name} must be a number of days since 1970-01-01`)
  return Number(text)
}

/** The pages of all files uploaded in a window of days. There is no paging: the window is the only limit. */
export function list(world: World, call: Call): string {
  const state = modelOf(world, call.model_id)
  const query = new URLSearchParams(call.query)
  const from = dayOf(query, 'start_day_interval')
  const to = dayOf(query, 'current_batch_day')
  if (to <= from) throw badRequest('current_batch_day must be later than start_day_interval')
  // assumption: window-includes-both-days, newest-file-first
  const inWindow = ({ pages: [page] }: FileState) =>
    page !== undefined && page.day_since_epoch >= from && page.day_since_epoch <= to
  return envelope(world, readFiles(world, state, inWindow))
}
