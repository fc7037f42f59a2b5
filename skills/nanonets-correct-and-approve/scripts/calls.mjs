// What plan.mjs, check.mjs and run.mjs share. Imported by them, not run. Generated: change the capability, not this file.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Exit codes, the same everywhere. */
export const exits = { ok: 0, usage: 2, invalid: 3, changed: 4, connection: 5, limited: 6, partial: 7, pending: 8 }

export const exitText = `Exit codes: 0 ok · 2 wrong command line · 3 the plan does not fit · 4 what is there has changed ·
5 not connected or not allowed · 6 too many requests · 7 some actions failed · 8 a person has to release calls first

The address is that of the capability on this machine (--url, CAPABILITY_URL, else the declared one); others are refused.
CAPABILITY_TOKEN is sent as a bearer token where that surface asks for one.`

/** Ends a script: a message on stderr, and an exit code. `mayHaveRun`: nobody knows whether the last call was made. */
export class Stop extends Error {
  constructor(exit, message, mayHaveRun = false) {
    super(message)
    this.exit = exit
    this.mayHaveRun = mayHaveRun
  }
}

export const {
  calls,
  url: declaredUrl,
  capability,
} = JSON.parse(readFileSync(new URL('calls.json', import.meta.url), 'utf8'))

/** Largest plan, in actions. */
export const most = 200

/** Runs a script: what it answers is printed as JSON, with its `exit` as exit code. */
export async function main(help, run) {
  const words = process.argv.slice(2)
  if (words.includes('--help') || words.includes('-h')) return void process.stdout.write(`${help}\n\n${exitText}\n`)
  try {
    const { exit = exits.ok, ...answer } = await run(words)
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
    process.exitCode = exit
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = error.exit
  }
}

/** Flags with a value, flags without one (`''`), and the other words. */
export function readWords(words, flags) {
  const given = { words: [], flags: {} }
  for (let i = 0; i < words.length; i++) {
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(words[i]) ?? []
    if (name === undefined) given.words.push(words[i])
    else if (flags[name] === undefined) throw new Stop(exits.usage, `--${name} is not known; see --help`)
    else if (flags[name] === '') given.flags[name] = true
    else given.flags[name] = inline ?? words[++i]
    if (name !== undefined && given.flags[name] === undefined)
      throw new Stop(exits.usage, `--${name} needs ${flags[name]}`)
  }
  return given
}

/** The address to call: this machine only, so that nothing of a plan goes elsewhere. */
export function baseUrl(given = process.env.CAPABILITY_URL ?? declaredUrl) {
  const url = URL.canParse(given ?? '') ? new URL(given) : undefined
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url?.hostname ?? '')
  if (url?.protocol === 'http:' && isLoopback && url.username === '') return url.origin
  throw new Stop(exits.usage, `${given} is no http address of this machine`)
}

export function readText(path) {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new Stop(exits.usage, `${path} can't be read: ${error.code}`)
  }
}

/** A plan that says what it should; else every problem, each with where it is. */
export function readPlan(path) {
  let plan
  try {
    plan = JSON.parse(readText(path))
  } catch (error) {
    if (error instanceof Stop) throw error
    throw new Stop(exits.invalid, `${path} is no JSON: ${error.message}`)
  }
  return { plan, problems: shapeProblems(plan) }
}

function shapeProblems(plan) {
  const { planVersion, capability: of, actions, ...others } = plan ?? {}
  const problems = []
  const say = (at, message) => problems.push({ at, message })
  if (planVersion !== 1) say('/planVersion', 'must be 1')
  if (of !== capability) say('/capability', `must be "${capability}"`)
  for (const name of Object.keys(others)) say(`/${name}`, 'is not known')
  if (!Array.isArray(actions) || actions.length === 0 || actions.length > most)
    say('/actions', `must be a list of 1 to ${most} actions`)
  else {
    const ids = new Set()
    actions.forEach((action, i) => {
      actionProblems(action ?? {}, (at, message) => say(`/actions/${i}${at}`, message))
      if (ids.has(action?.id)) say(`/actions/${i}/id`, 'stands twice')
      ids.add(action?.id)
    })
  }
  return problems
}

const members = ['id', 'tool', 'arguments', 'reason', 'look', 'expect', 'after']

function actionProblems(action, say) {
  const { id, tool, reason, look, expect, after } = action
  for (const name of Object.keys(action)) if (!members.includes(name)) say(`/${name}`, 'is not known')
  if (!/^[\w.-]{1,64}$/.test(id ?? '')) say('/id', 'must be 1 to 64 letters, digits, dots, hyphens and underscores')
  if (typeof reason !== 'string' || reason.trim() === '') say('/reason', 'must say why')
  if (calls[tool]?.writes !== true) say('/tool', `must be one of ${writing().join(', ')}`)
  else argumentProblems(calls[tool], action.arguments, (at, message) => say(`/arguments${at}`, message))
  if (look !== undefined && calls[look?.tool]?.writes !== false) say('/look/tool', 'must be a tool that only reads')
  else if (look !== undefined)
    argumentProblems(calls[look.tool], look.arguments, (at, message) => say(`/look/arguments${at}`, message))
  if (!isPointers(expect)) say('/expect', 'must hold values by JSON Pointer')
  if (after !== 'gone' && !isPointers(after)) say('/after', 'must be "gone", or hold values by JSON Pointer')
  if ((expect ?? after) !== undefined && lookOf(action) === undefined) say('/look', 'is needed to know what is there')
}

const writing = () => Object.keys(calls).filter((name) => calls[name].writes)

const isPointers = (value) =>
  value === undefined || (isObject(value) && Object.keys(value).every((at) => at === '' || at.startsWith('/')))

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)

function argumentProblems({ inputs, required }, given, say) {
  if (!isObject(given)) return say('', 'must be an object')
  for (const name of Object.keys(given))
    if (inputs[name] === undefined) say(`/${name}`, `is not known; there are ${Object.keys(inputs).join(', ')}`)
  for (const name of required) if (given[name] === undefined) say(`/${name}`, 'is required')
}

/** What reads the thing that an action is about: as the plan says, else as the capability does. */
export function lookOf({ tool, arguments: given, look }) {
  if (look !== undefined) return look
  const own = calls[tool]?.look
  return own && { tool: own.tool, arguments: Object.fromEntries(own.inputs.map((name) => [name, given?.[name]])) }
}

/** The request of a call. */
export function requestOf(tool, given, more = {}) {
  const { method, path, inputs } = calls[tool]
  const query = new URLSearchParams(more)
  const body = {}
  let filled = path
  for (const [name, value] of Object.entries(given)) {
    const { in: place, key } = inputs[name]
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    if (place === 'path') filled = filled.replace(`{${key}}`, () => encodeURIComponent(text))
    else if (place === 'query') for (const one of [value].flat()) query.append(key, one)
    else body[key] = value
  }
  const hasBody = Object.values(inputs).some((input) => input.in === 'body')
  const target = query.size > 0 ? `${filled}?${query}` : filled
  return { method, target, ...(hasBody ? { body: JSON.stringify(body) } : {}) }
}

/** How long one answer may take, in milliseconds. */
const patience = 60_000

/** One exchange. Throws Stop where nobody answers, or the caller is not let in. */
export async function send(base, { method, target, body }, headers = {}) {
  const token = process.env.CAPABILITY_TOKEN
  const sent = {
    ...headers,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const options = { method, body, headers: sent, redirect: 'error', signal: AbortSignal.timeout(patience) }
  const answer = await fetch(base + target, options).catch((error) => {
    const why = error.cause?.code ?? error.name
    throw new Stop(exits.connection, `${base} does not answer: ${why}`, why !== 'ECONNREFUSED')
  })
  const text = await answer.text()
  const json = /json/.test(answer.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined
  const { status } = answer
  if (status === 401) throw new Stop(exits.connection, `${base} asks for a credential: set CAPABILITY_TOKEN`)
  return { status, json, etag: answer.headers.get('etag'), wait: Number(answer.headers.get('retry-after') ?? 1) }
}

/** Longest wait for a turn, in seconds, and how often. */
const waits = { longest: 60, times: 3 }

/** The same, and again after the time that a 429 names. Throws Stop where that is too long. */
export async function sendInTurn(base, request, headers) {
  for (let i = 0; ; i++) {
    const answer = await send(base, request, headers)
    if (answer.status !== 429) return answer
    if (i === waits.times || answer.wait > waits.longest)
      throw new Stop(exits.limited, `too many requests: run it again in ${answer.wait} seconds`)
    await pause(answer.wait * 1000)
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** What is there: its answer, and a digest of it. `gone` where there is nothing. */
export async function look(base, action) {
  const { tool, arguments: given } = lookOf(action)
  const answer = await sendInTurn(base, requestOf(tool, given))
  if (answer.status === 404) return { state: 'gone' }
  if (answer.status !== 200)
    throw new Stop(exits.connection, `${tool} answers ${answer.status}: ${answer.json?.detail ?? ''}`)
  return { state: digestOf(answer.json), value: answer.json, etag: answer.etag }
}

/** Which of the values that a plan names are others. */
export function differences(pointers, value) {
  return Object.entries(pointers).flatMap(([at, wanted]) => {
    const found = valueAt(at, value)
    return digestOf(found) === digestOf(wanted) ? [] : [{ at, wanted, found: found ?? null }]
  })
}

function valueAt(pointer, value) {
  const names = pointer.split('/').slice(1)
  return names.reduce((at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], value)
}

/** The same for the same value, whatever the order of its members. */
export function digestOf(value) {
  const sorted = (_, member) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member
  return createHash('sha256')
    .update(JSON.stringify(value, sorted) ?? 'null')
    .digest('base64url')
}

/** Looks at everything that a plan is about, and rehearses each call. Nothing is changed by it. */
export async function examine(base, plan) {
  const problems = []
  const seen = {}
  const tags = {}
  for (const action of plan.actions) {
    const say = (kind, message, more = {}) => problems.push({ id: action.id, kind, message, ...more })
    if (lookOf(action) !== undefined) {
      const found = await look(base, action)
      seen[action.id] = found.state
      tags[action.id] = found.etag
      if (found.state === 'gone') say('state', 'is not there: gone, or an id of another kind')
      else for (const one of differences(action.expect ?? {}, found.value)) say('state', `${one.at} is another`, one)
    }
    if (seen[action.id] !== 'gone') await rehearse(base, action, say)
  }
  return { problems, seen, tags, planDigest: digestOf([plan, seen]) }
}

async function rehearse(base, { tool, arguments: given }, say) {
  if (!calls[tool].rehearses) return
  const { status, json } = await sendInTurn(base, requestOf(tool, given, { dry_run: 'true' }))
  if (status === 200) return
  const errors = json?.errors?.map(({ pointer, detail, hint }) => `${pointer} ${detail}${hint ? ` (${hint})` : ''}`)
  say(status === 400 ? 'input' : 'refused', errors?.join('; ') ?? json?.detail ?? `answers ${status}`)
}

/** How many actions a plan has of each tool. */
export function counts({ actions }) {
  const all = {}
  for (const { tool } of actions) all[tool] = (all[tool] ?? 0) + 1
  return all
}

/** The exit code of problems: an input is the plan's fault, all else is what is there. */
export function exitOf(problems) {
  if (problems.length === 0) return exits.ok
  return problems.some(({ kind }) => kind === 'input' || kind === undefined) ? exits.invalid : exits.changed
}
