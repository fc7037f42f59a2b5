/**
 * What the inbox does in a browser. These functions are sent there as they are written, with `made` of page/blocks.ts: they may
 * use each other and nothing else. Whatever comes from a call or an upstream is put in as text.
 */

import { made } from '../page/blocks.ts'
import type { Control, PageDocument, PageElement, PageWindow } from '../page/dom.ts'

/** What it uses of a window beside what the page of a REST surface does. */
interface InboxWindow extends PageWindow {
  readonly sessionStorage: {
    readonly getItem: (name: string) => string | null
    readonly setItem: (name: string, value: string) => void
    readonly removeItem: (name: string) => void
  }
  readonly history: { readonly replaceState: (state: null, title: string, url: string) => void }
}

declare const document: PageDocument
declare const window: InboxWindow

/** As the control surface tells it. */
interface Shown {
  readonly id: string
  readonly state: string
  readonly operation: string
  readonly question: string
  readonly asked_at: string
  readonly expires_at: string
  readonly caller?: string
  readonly surface?: string
  readonly client?: string
  readonly decision?: { readonly verdict: string; readonly by: string; readonly at: string; readonly reason?: string }
}

type Parts = { readonly made: typeof made }

/** The script of the inbox. A bundler may have given the functions other names, so each is called by its own. */
export function script(): string {
  return `'use strict'\n${[made, ...client].map(String).join('\n')}\n${start.name}({made:${made.name}})`
}

function start(parts: Parts) {
  document.documentElement.classList.add('js')
  takeToken()
  const enter = document.getElementById('enter')
  enter?.addEventListener('submit', (event) => {
    event.preventDefault()
    window.sessionStorage.setItem('approver-token', document.getElementById<Control>('token')?.value ?? '')
    void look(parts)
  })
  document.addEventListener('click', ({ target }) => {
    const button = target.closest('button')
    if (button?.dataset.verb !== undefined) void decide(button, parts)
  })
  void look(parts)
  setInterval(() => void look(parts), 3000)
}

/** The token comes behind a #, so that no server and no log gets it; it stays in this window. */
function takeToken() {
  const [, token] = /^#token=([\w-]+)$/.exec(window.location.hash) ?? []
  if (token === undefined) return
  window.sessionStorage.setItem('approver-token', token)
  window.history.replaceState(null, '', window.location.pathname)
}

function ask(path: string, method: string, body?: object): Promise<Response> {
  const token = window.sessionStorage.getItem('approver-token')
  const headers = {
    accept: 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  return fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}

/** `fault` of what was done before stays to be read. */
async function look(parts: Parts, fault = '') {
  const told = document.getElementById('told')
  const enter = document.getElementById('enter')
  try {
    const answer = await ask('/approvals', 'GET')
    if (enter) enter.hidden = answer.status !== 401
    const json = (await answer.json()) as { readonly approvals?: readonly Shown[]; readonly detail?: string }
    if (json.approvals === undefined) throw new Error(json.detail ?? 'what waits can not be read')
    show(json.approvals, parts)
    if (told && (fault !== '' || told.className === 'fault unread')) {
      told.textContent = fault
      told.className = 'fault'
    }
  } catch (error) {
    if (!told) return
    told.className = 'fault unread'
    told.textContent = error instanceof Error ? error.message : ''
  }
}

/** What is shown already stays as it is, with what somebody has typed there. */
function show(approvals: readonly Shown[], parts: Parts) {
  const names = ['pending', 'decided']
  for (const name of names) {
    const all = approvals.filter(({ state }) => (state === 'pending') === (name === 'pending'))
    const list = document.getElementById(name)
    const kept = new Map([...(list?.querySelectorAll('.approval') ?? [])].map((one) => [one.id, one]))
    const isSame = all.length === kept.size && all.every((one) => kept.has(`${one.id}-${one.state}`))
    if (!isSame) list?.replaceChildren(...all.map((one) => kept.get(`${one.id}-${one.state}`) ?? card(one, parts)))
  }
  const none = document.getElementById('none')
  if (none) none.hidden = approvals.some(({ state }) => state === 'pending')
}

function card(approval: Shown, { made }: Parts): PageElement {
  const { id, state, operation, question, asked_at, expires_at, caller, surface, client, decision } = approval
  const at = (time: string) => new Date(time).toLocaleString()
  const who = [surface, client, caller].filter((one) => one !== undefined).join(' · ')
  const until = state === 'pending' ? `, open until ${at(expires_at)}` : ''
  const article = made('article', 'approval')
  article.id = `${id}-${state}`
  article.append(made('h3', '', operation), made('pre', '', question))
  article.append(made('p', 'hint', `${id} · asked ${at(asked_at)}${who === '' ? '' : ` by ${who}`}${until}`))
  if (state === 'pending') return withButtons(article, id, operation, made)
  const by = decision === undefined ? '' : ` · ${decision.verdict} by ${decision.by}, ${at(decision.at)}`
  const why = decision?.reason === undefined ? '' : ` · ${decision.reason}`
  article.append(made('p', '', `${state}${by}${why}`))
  return article
}

function withButtons(article: PageElement, id: string, operation: string, make: Parts['made']): PageElement {
  const row = make('div', 'send')
  const reason = make('input', '')
  reason.setAttribute('aria-label', `Reason for ${operation}, as the caller is told`)
  reason.setAttribute('placeholder', 'Reason (optional)')
  const buttons = ['approve', 'deny'].map((verb) => {
    const button = make('button', verb === 'approve' ? 'deletes' : '', verb === 'approve' ? 'Approve' : 'Refuse')
    button.setAttribute('type', 'button')
    button.setAttribute('data-verb', verb)
    button.setAttribute('data-id', id)
    return button
  })
  row.append(reason, ...buttons)
  article.append(row)
  return article
}

async function decide(button: PageElement, parts: Parts) {
  const { verb = '', id = '' } = button.dataset
  if (button.hasAttribute('aria-disabled')) return
  button.setAttribute('aria-disabled', 'true')
  const reason = button.parentElement?.querySelector<Control>('input')?.value ?? ''
  const answer = await ask(`/approvals/${id}/${verb}`, 'POST', { reason }).catch(() => undefined)
  const problem = answer?.ok === false ? ((await answer.json()) as { readonly detail?: string }) : {}
  button.removeAttribute('aria-disabled')
  await look(parts, answer === undefined ? 'nothing answers' : (problem.detail ?? ''))
}

/** All but what is passed in. */
const client = [start, takeToken, ask, look, show, card, withButtons, decide]
