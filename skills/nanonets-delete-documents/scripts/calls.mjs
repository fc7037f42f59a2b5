// How the scripts here call the capability. Imported by them, not run. Generated: change the capability, not this file.
import { readFileSync } from 'node:fs'
import { exits, Stop } from './program.mjs'

const { calls, url: declaredUrl, capability } = JSON.parse(readFileSync(new URL('calls.json', import.meta.url), 'utf8'))

export { calls, capability }

/** The call of a tool; undefined for any other word. */
export const callOf = (tool) => (typeof tool === 'string' && Object.hasOwn(calls, tool) ? calls[tool] : undefined)

/** The address to call: this machine only, so that nothing of a plan goes elsewhere. */
export function baseUrl(given = process.env.CAPABILITY_URL ?? declaredUrl) {
  const url = URL.canParse(given ?? '') ? new URL(given) : undefined
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url?.hostname ?? '')
  if (url?.protocol === 'http:' && isLoopback && url.username === '') return url.origin
  throw new Stop(exits.usage, `${given} is no http address of this machine`)
}

/** Says what is wrong with the arguments of a call. */
export function argumentProblems({ inputs, required }, given, say) {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return say('', 'must be an object')
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(inputs, name)) say(`/${name}`, `is not known; there are ${Object.keys(inputs).join(', ')}`)
    else if (inputs[name].in === 'path' && !isSegment(value)) say(`/${name}`, 'must be a text that can stand in a path')
  }
  for (const name of required) if (given[name] === undefined) say(`/${name}`, 'is required')
}

/** An empty segment or one of dots would make the address that of something else. */
const isSegment = (value) => ['string', 'number', 'boolean'].includes(typeof value) && !/^\.{0,2}$/.test(value)

/** The request of a call whose arguments fit. */
export function requestOf(tool, given, more = {}) {
  const { method, path, inputs } = calls[tool]
  const query = new URLSearchParams(more)
  const body = {}
  let filled = path
  for (const [name, value] of Object.entries(given)) {
    const { in: place, key } = inputs[name]
    if (place === 'path') filled = filled.replace(`{${key}}`, () => segmentOf(name, value))
    else if (place === 'query') for (const one of [value].flat()) query.append(key, one)
    else body[key] = value
  }
  const hasBody = Object.values(inputs).some((input) => input.in === 'body')
  const target = query.size > 0 ? `${filled}?${query}` : filled
  return { method, target, ...(hasBody ? { body: JSON.stringify(body) } : {}) }
}

function segmentOf(name, value) {
  if (!isSegment(value)) throw new Stop(exits.invalid, `${name} must be a text that can stand in a path`)
  return encodeURIComponent(value)
}

/** How long one answer may take, in milliseconds. */
const patience = 60_000

/** One exchange. Throws Stop where nobody answers, or the caller is not let in. */
async function send(base, { method, target, body }, headers = {}) {
  const token = process.env.CAPABILITY_TOKEN
  const sent = {
    ...headers,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const options = { method, body, headers: sent, redirect: 'error', signal: AbortSignal.timeout(patience) }
  const failed = (error) => {
    const why = error.cause?.code ?? error.name
    throw new Stop(exits.connection, `${base} does not answer: ${why}`, why !== 'ECONNREFUSED')
  }
  const answer = await fetch(base + target, options).catch(failed)
  const text = await answer.text().catch(failed)
  const { status, headers: received } = answer
  if (status === 401) throw new Stop(exits.connection, `${base} asks for a credential: set CAPABILITY_TOKEN`)
  return {
    status,
    json: jsonOf(text),
    etag: received.get('etag'),
    location: received.get('location'),
    wait: secondsOf(received.get('retry-after')),
    isReplayed: received.get('idempotent-replayed') === 'true',
  }
}

/** Undefined for anything else. */
function jsonOf(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Retry-After is a number of seconds or a date (RFC 9110 §10.2.3). */
function secondsOf(text) {
  if (text === null || text === '') return 1
  const seconds = Number.isFinite(Number(text)) ? Number(text) : (Date.parse(text) - Date.now()) / 1000
  return Number.isNaN(seconds) ? 1 : Math.max(0, Math.ceil(seconds))
}

/** Longest wait for a turn, in seconds, and how often. */
const waits = { longest: 60, times: 3 }

/** The same, and again after the time that a 429 or 503 names. Throws Stop where that is too long. */
export async function sendInTurn(base, request, headers) {
  for (let i = 0; ; i++) {
    const answer = await send(base, request, headers)
    const { status, json, wait } = answer
    if (status !== 429 && !(status === 503 && json?.retryable === true)) return answer
    if (i === waits.times || wait > waits.longest)
      throw new Stop(exits.limited, `too many requests: run it again in ${wait} seconds`)
    await pause(wait * 1000)
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
