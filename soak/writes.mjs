/**
 * What callers ask for, and how a write is known again in the journal of the sandbox: each has something of its own that
 * goes upstream with it, an order of files, a text, an id.
 */

const authorization = `Basic ${btoa('soak:')}`

/** Models with files as the sandbox has them, asked of it until its faults let an answer through. */
export async function readWorld(sandbox) {
  const { models, today } = await (await fetch(`${sandbox}/__sandbox/`)).json()
  return Promise.all(models.map(async ({ model_id }) => ({ model_id, files: await filesOf(sandbox, model_id, today) })))
}

async function filesOf(sandbox, model_id, today) {
  const path = `/api/v2/Inferences/Model/${model_id}/ImageLevelInferences`
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const answer = fetch(`${sandbox}${path}?start_day_interval=${today - 60}&current_batch_day=${today + 1}`, {
      headers: { authorization },
      signal: AbortSignal.timeout(1000),
    })
    const body = await answer.then((r) => (r.ok ? r.json() : undefined)).catch(() => undefined)
    if (body !== undefined) return changeable([...body.moderated_images, ...body.unmoderated_images])
  }
  throw new Error('the sandbox does not tell which files it has')
}

function changeable(pages) {
  const files = new Map()
  for (const page of pages) {
    const { request_file_id, id, predicted_boxes } = page
    if (page.approval_status === 'rejected' || page.page !== 0) continue
    const labels = predicted_boxes.filter(({ type }) => type === 'field').map(({ label }) => label)
    const label = labels.find((one) => labels.indexOf(one) === labels.lastIndexOf(one))
    files.set(request_file_id, { request_file_id, page_id: id, label })
  }
  return [...files.values()]
}

/** Length of an order of files: some ten thousand of them in a model of a dozen. */
const orderLength = 5

/** The n-th order of a few of the files, each another one. */
function order(files, n) {
  const left = files.map(({ request_file_id }) => request_file_id)
  return Array.from({ length: Math.min(orderLength, left.length) }, () => {
    const [id] = left.splice(n % left.length, 1)
    n = Math.floor(n / (left.length + 1))
    return id
  })
}

const members = ['maria.keller@example.com', 'jonah.okafor@example.com', 'priya.nair@example.com']

/**
 * Makes writes that differ from each other: `{ id, flow, input, repeatable }`. The first model is exported and assigned, the
 * second loses files, the third is corrected, so that none stands in the way of another.
 */
export function writesOf([exported, deleted, corrected], random) {
  let serial = 0
  const correctable = corrected.files.filter(({ label }) => label !== undefined)
  const leaving = deleted.files.map(({ request_file_id }) => request_file_id)
  const file = ({ model_id }, id = `none-${serial}`) => ({ model_id, request_file_id: id })
  const exporting = () => ({ model_id: exported.model_id, file_ids: order(exported.files, serial) })
  /** Each with the roll below which it is taken, of a hundred. */
  const kinds = [
    [40, 'retry-exports', exporting],
    [60, 'assign-files', () => ({ member: members[serial % 3], ...exporting() })],
    [80, 'update-fields', () => ({ model_id: corrected.model_id, ...correction(random.pick(correctable), serial) })],
    [90, 'delete-file', () => file(deleted, random.chance(0.1) ? leaving.pop() : undefined)],
    [95, 'approve-file', () => file(exported)],
    [100, 'unapprove-file', () => file(exported)],
  ]
  return () => {
    serial += 1
    const roll = random.below(100)
    const [, flow, make] = kinds.find(([below]) => roll < below)
    const input = make()
    return { id: idOf(flow, input), flow, input, repeatable: flow !== 'retry-exports' }
  }
}

/** The text of one field of the page, always the same one, so that a page holds one correction. */
function correction({ page_id, label }, serial) {
  return { page_id, changes: [{ label, ocr_text: `correction ${serial}` }] }
}

/** Reads of any of the files. */
export function readsOf(models, random) {
  return () => {
    const { model_id, files } = random.pick(models)
    const { request_file_id, page_id } = random.pick(files)
    return random.pick([
      { flow: 'list-files', input: { model_id, days: 1 + random.below(7) } },
      { flow: 'get-file', input: { model_id, request_file_id } },
      { flow: 'get-page', input: { model_id, page_id } },
    ])
  }
}

function idOf(flow, { file_ids, member, changes, moderated_boxes, request_file_id }) {
  const texts = (changes ?? moderated_boxes)?.flatMap(({ ocr_text = '' }) => /^correction \d+$/.exec(ocr_text) ?? [])
  const own = file_ids ?? texts ?? [request_file_id]
  return [flow, ...own, ...(member === undefined ? [] : [member])].join(' ')
}

const flows = {
  verify: 'approve-file',
  unverify: 'unapprove-file',
  assign: 'assign-files',
  update: 'update-fields',
  delete: 'delete-file',
  'retry-exports': 'retry-exports',
}

const withBody = ['assign-files', 'update-fields', 'retry-exports']

/** Which write an entry of the journal is about; undefined for reads, and where a fault struck before the body was read. */
export function writtenBy({ operation, url, body }) {
  const flow = flows[operation]
  if (flow === undefined || (withBody.includes(flow) && body === undefined)) return undefined
  return idOf(flow, body ?? { request_file_id: url.split('/').at(-1) })
}
