/**
 * What the page does in a browser. These functions are sent there as they are written, with those of request.ts: they may
 * use each other, what is passed to them, and nothing else.
 */

import { coloured, copy, fileLink, indented, made, mark, offerCopy, scrollable, textBlock } from './blocks.ts'
import { filter, localTimes, refresh, reveal } from './browse.ts'
import type { Control, Dialog, PageDocument, PageElement, PageNode, PageWindow } from './dom.ts'
import { asText, bodyOf, curlOf, type PageRequest, type Placed, quoted, requestOf } from './request.ts'

/** What these functions use of other files is passed to them: an imported name is no name in the browser. */
type Parts = typeof parts

const parts = { requestOf, curlOf, mark, textBlock, fileLink, offerCopy, copy, reveal, filter, refresh, localTimes }

declare const document: PageDocument
declare const window: PageWindow

/** The script of the page. A bundler may have given the functions other names, so each is called by its own. */
export function script(): string {
  const passed = Object.entries(parts).map(([name, part]) => `${name}:${part.name}`)
  const all = [asText, bodyOf, quoted, coloured, indented, made, scrollable, ...Object.values(parts), ...client]
  return `'use strict'\n${all.map(String).join('\n')}\n${start.name}({${passed.join()}})`
}

function start(parts: Parts) {
  const { offerCopy, copy, reveal, filter, refresh, localTimes } = parts
  document.documentElement.classList.add('js')
  for (const form of document.querySelectorAll('form[data-method]')) {
    showCommands(form, parts)
    form.addEventListener('input', () => showCommands(form, parts))
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void submit(form, parts, event.submitter?.name ?? '')
    })
  }
  for (const pre of document.querySelectorAll('pre')) offerCopy(pre)
  document.addEventListener('click', ({ target }) => {
    const button = target.closest('button')
    if (button?.className === 'copy') void copy(button)
    if (button?.id === 'refresh') void refresh()
  })
  document.getElementById('filter')?.addEventListener('input', filter)
  window.addEventListener('hashchange', reveal)
  reveal()
  localTimes()
}

function controlsOf(form: PageElement): readonly Control[] {
  return [...form.querySelectorAll<Control>('[data-in]')]
}

/** What stands in a control; undefined when it is empty. Throws what a JSON parser throws. */
function contentOf({ value, dataset }: Control): unknown {
  if (value === '') return undefined
  const lines = () => value.split('\n').flatMap((line) => line.trim() || [])
  switch (dataset.as) {
    case 'number':
      return Number(value)
    case 'boolean':
      return value === 'true'
    case 'lines':
      return lines()
    case 'numbers':
      return lines().map(Number)
    case 'json':
      return JSON.parse(value)
    case 'any':
      return parsedOr(value)
    default:
      return value
  }
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function placed({ name, dataset }: Control, value: unknown): Placed {
  const { at, key = name } = dataset
  const place = dataset.in as Placed['in']
  return { in: place, key, at: at === undefined ? undefined : at === '' ? [] : at.split('.'), value }
}

/** The commands follow the form; what is missing or can't be read stands as its name in braces. */
function showCommands(form: PageElement, { requestOf, curlOf }: Parts) {
  const { method = 'GET', path = '', key } = form.dataset
  const inputs = controlsOf(form).map((control) => told(control))
  const keys: readonly Placed[] = key === undefined ? [] : [{ in: 'query', key, value: `{${key}}`, standIn: true }]
  const body = form.closest('.body')
  const curl = body?.querySelector('[data-curl]')
  const who = curl?.dataset.curl?.split('\n').filter((word) => word !== '') ?? []
  const request = requestOf(method, path, [...inputs, ...keys])
  if (curl) curl.textContent = curlOf(request, window.location.origin, who)
  const given = Object.fromEntries(controlsOf(form).map((control, i) => [control.name, inputs[i]?.value]))
  for (const code of body?.querySelectorAll('[data-arguments]') ?? []) code.textContent = JSON.stringify(given, null, 1)
}

function told(control: Control): Placed {
  const standIn = { ...placed(control, `{${control.dataset.key ?? control.name}}`), standIn: true }
  try {
    const value = contentOf(control)
    return value === undefined && control.required ? standIn : placed(control, value)
  } catch {
    return standIn
  }
}

/** `rehearsal`: the parameter that has only told what would be sent; empty = it is sent. */
async function submit(form: PageElement, parts: Parts, rehearsal: string) {
  const { requestOf } = parts
  const { method = 'GET', path = '', key, effect } = form.dataset
  const inputs = readable(form)
  if (inputs === undefined) return
  const own = key === undefined ? null : new URLSearchParams(window.location.search).get(key)
  const request = requestOf(method, path, inputs)
  if (rehearsal === '' && effect === 'deletes' && !(await confirmed(form, request))) return
  const keys: readonly Placed[] = own === null ? [] : [{ in: 'query', key: key ?? '', value: own }]
  const dry: readonly Placed[] = rehearsal === '' ? [] : [{ in: 'query', key: rehearsal, value: true }]
  await call(form, requestOf(method, path, [...inputs, ...keys, ...dry]), parts)
  await parts.refresh()
}

/** The inputs, or undefined after what is wrong has been told where it stands. */
function readable(form: PageElement): readonly Placed[] | undefined {
  for (const old of form.querySelectorAll('.fault')) old.remove()
  const controls = controlsOf(form)
  const inputs = controls.flatMap((control) => {
    control.removeAttribute('aria-invalid')
    try {
      const value = contentOf(control)
      // A browser takes these for steps in the path, so another address would be asked.
      if (control.dataset.in === 'path' && (value === '.' || value === '..')) throw new Error('is no value for a path')
      return [placed(control, value)]
    } catch (error) {
      tellFault(control, error instanceof SyntaxError ? `is not JSON: ${error.message}` : String(error))
      return []
    }
  })
  if (inputs.length === controls.length) return inputs
  form.querySelector('[aria-invalid]')?.focus()
  return undefined
}

function tellFault(control: Control, message: string) {
  const fault = document.createElement('p')
  fault.className = 'fault'
  fault.textContent = message
  fault.id = `${control.id}-fault`
  control.setAttribute('aria-invalid', 'true')
  control.setAttribute('aria-errormessage', fault.id)
  control.after(fault)
}

/** Whether the person wants what may destroy something. */
function confirmed(form: PageElement, { method, target }: PageRequest): Promise<boolean> {
  const dialog = document.getElementById<Dialog>('ask') as Dialog
  const name = form.getAttribute('aria-label') ?? 'Call'
  const put = (id: string, text: string) => {
    const place = document.getElementById(id)
    if (place) place.textContent = text
  }
  put('ask-heading', `${name}?`)
  const live = form.dataset.from === 'live'
  const from = form.querySelector('.from span')?.textContent
  put(
    'ask-text',
    live
      ? `This is LIVE: it ${from}. What it deletes or replaces may be gone for good.`
      : `It may delete or replace something, though nothing real: ${from}.`,
  )
  put('ask-request', `${method} ${target}`)
  put('ask-yes', name)
  dialog.returnValue = 'no'
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true })
  })
}

/** Asks, and shows beside the form what came of it. */
async function call(form: PageElement, request: PageRequest, parts: Parts) {
  const button = form.querySelector('.send button')
  if (button?.getAttribute('aria-disabled') === 'true') return
  button?.setAttribute('aria-disabled', 'true')
  const place = form.nextElementSibling ?? form
  const status = document.createElement('p')
  status.className = 'outcome'
  status.setAttribute('role', 'status')
  status.textContent = 'Calling …'
  place.replaceChildren(status)
  place.hidden = false
  const began = performance.now()
  try {
    const answer = await answerTo(request)
    const took = Math.round(performance.now() - began)
    const from = form.querySelector('.from')?.cloneNode(true) ?? ''
    status.replaceChildren(parts.mark(answer.response), ` in ${took} ms `, from)
    place.append(...shown(answer, parts))
    if (!answer.response.ok && answer.text !== undefined) tellFaults(form, answer.text)
  } catch (error) {
    status.textContent = `No answer: ${error instanceof Error ? error.message : error}`
  }
  button?.removeAttribute('aria-disabled')
}

interface Answer {
  readonly response: Response
  readonly json: boolean
  /** Absent = bytes. */
  readonly text?: string
  readonly bytes?: Blob
}

async function answerTo({ method, target, headers, body }: PageRequest): Promise<Answer> {
  const sent = { method, headers: headers.map(([name, value]): [string, string] => [name, value]) }
  const response = await fetch(target, body === undefined ? sent : { ...sent, body })
  const type = response.headers.get('content-type') ?? ''
  const json = /[/+]json/.test(type)
  if (json || type.startsWith('text/')) return { response, json, text: await response.text() }
  return { response, json, bytes: await response.blob() }
}

function shown({ json, text, bytes }: Answer, { textBlock, fileLink }: Parts): readonly PageNode[] {
  if (text !== undefined) return [textBlock(text, json)]
  return bytes !== undefined && bytes.size > 0 ? [fileLink(bytes)] : []
}

/** Of a problem, what is said of single inputs is told beside them too. */
function tellFaults(form: PageElement, problem: string) {
  const { errors } = (parsedOr(problem) ?? {}) as { errors?: readonly { pointer: string; detail: string }[] }
  for (const { pointer, detail } of Array.isArray(errors) ? errors : []) {
    const [, input, ...below] = pointer.split('/')
    const control = controlsOf(form).find(({ name }) => name === input)
    if (control && !control.hasAttribute('aria-invalid')) tellFault(control, [...below, detail].join(' '))
  }
}

const client = [
  start,
  controlsOf,
  contentOf,
  parsedOr,
  placed,
  showCommands,
  told,
  submit,
  readable,
  tellFault,
  confirmed,
  call,
  answerTo,
  shown,
  tellFaults,
]
