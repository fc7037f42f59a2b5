/** Generated requests, each answered as it should be. */

import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import fc from 'fast-check'
import { merged, reported } from './report.mjs'
import { requestsTo } from './requests.mjs'
import { forms, serveAll } from './served.mjs'

/** Longer than any call that this upstream answers. */
const mostMs = 10_000
const rawMs = 2000

/** Sends `runs` of them, `lanes` at a time; `failure` = the smallest that broke a rule, with its seed. */
export async function fuzzRequests({ runs, seed, lanes = 1 }) {
  const served = await serveAll(await import('../dist/index.js'))
  const faults = []
  const unexpected = (error) => faults.push(error)
  process.on('uncaughtException', unexpected)
  process.on('unhandledRejection', unexpected)
  try {
    const each = Math.ceil(runs / lanes)
    const all = Array.from({ length: lanes }, (_, i) => lane(served, faults, each, seed + i))
    const { counts, failure } = merged([...(await Promise.all(all)), { counts: {}, failure: await afterwards(served) }])
    return { what: 'requests', runs: each * lanes, counts, failure: failure ?? faults[0]?.stack }
  } finally {
    process.off('uncaughtException', unexpected)
    process.off('unhandledRejection', unexpected)
    await served.close()
  }
}

/** What is logged is searched by whichever lane comes next: its secret is told, though not always its request. */
async function lane(served, faults, runs, seed) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  const counts = {}
  const property = fc.asyncProperty(requestsTo(served.targets), async ({ target, ...sent }) => {
    const { url } = served.targets[target]
    const answer = sent.raw === undefined ? await sendTo(url, sent, agent) : await sendRaw(url, sent.raw)
    counts[answer.kind] = (counts[answer.kind] ?? 0) + 1
    const { text, head = '' } = answer
    const leak = leakIn(text, 'an answer') ?? leakIn(head, 'a header') ?? leakIn(served.logged(), 'the log')
    const fault = faults.shift() ?? faultIn(answer, sent.method) ?? leak
    if (fault !== undefined) throw fault instanceof Error ? fault : new Error(fault)
  })
  const result = await fc.check(property, { numRuns: runs, seed })
  agent.destroy()
  const shown = ([{ target, ...sent }]) => ({
    type: served.targets[target].type,
    url: served.targets[target].url,
    ...sent,
  })
  return { counts, failure: reported(result, shown) }
}

/** What was kept meanwhile is searched once. */
async function afterwards(served) {
  const agent = new Agent()
  const texts = [['the audit', await served.kept()]]
  for (const { type, url } of served.targets) {
    if (type !== 'control') continue
    for (const path of ['/config', '/traces', '/metrics', '/status'])
      texts.push([path, (await sendTo(url, { method: 'GET', path, headers: {}, body: '' }, agent)).text])
  }
  return texts.map(([where, text]) => leakIn(text, where)).find((leak) => leak !== undefined)
}

function leakIn(text, where) {
  const form = forms.find((one) => text.includes(one))
  if (form === undefined) return undefined
  const at = text.indexOf(form)
  return `the secret is in ${where} as ${form}: …${text.slice(Math.max(0, at - 200), at + 60)}…`
}

/** Codes of answers from 500 on that tell of an upstream, or that the same may work later. */
const allowed = /^urn:capability:problem:(?:upstream-|unmappable-output|unavailable|authentication-unavailable)/

function faultIn({ status, text, head, isLate }, method) {
  if (isLate === true) return 'no answer in time'
  if (/Internal error|"urn:capability:problem:internal"/.test(text))
    return `a fault of ours: ${status} ${text.slice(0, 500)}`
  if (status < 500 || status === 501 || status === 505) return undefined
  // The code stands in the body, which this method leaves out.
  if (method === 'HEAD' && head.includes('application/problem+json')) return undefined
  const type = typeof parsed(text)?.type === 'string' ? parsed(text).type : ''
  return allowed.test(type) ? undefined : `a fault of ours: ${status} ${text.slice(0, 500)}`
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As a client of Node can send it: what it refuses to write is left to `sendRaw`. */
function sendTo(url, { method, path, headers, body }, agent) {
  return new Promise((resolve) => {
    const own = Object.fromEntries(
      Object.entries(headers).filter(([, value]) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value)),
    )
    if (body !== '') own['content-length'] = String(Buffer.byteLength(body))
    const target = path.replace(/[^\x21-\xff]/g, '_')
    const options = { method, path: target.startsWith('/') ? target : `/${target}`, agent, headers: own }
    const outgoing = request(url, options, (incoming) => {
      const chunks = []
      const end = () => {
        clearTimeout(timer)
        const text = Buffer.concat(chunks).toString()
        const { statusCode: status } = incoming
        resolve({ status, text, head: JSON.stringify(incoming.headers), kind: `${status}` })
      }
      incoming.on('data', (chunk) => chunks.push(chunk))
      incoming.on('end', end)
      incoming.on('error', end)
      // A stream of events has no end.
      if (/event-stream/.test(incoming.headers['content-type'] ?? '') && method === 'GET') incoming.destroy()
    })
    const timer = setTimeout(() => {
      outgoing.destroy()
      resolve({ isLate: true, text: '', kind: 'late' })
    }, mostMs)
    outgoing.on('error', () => {
      clearTimeout(timer)
      resolve({ status: 0, text: '', kind: 'closed' })
    })
    outgoing.end(body === '' ? undefined : body)
  })
}

/** Bytes on a connection of their own: an answer, or its end. What is not whole may be waited for. */
async function sendRaw(url, raw) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const chunks = []
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    socket.end()
  })
  socket.write(raw)
  socket.setTimeout(rawMs / 20, () => socket.destroy())
  await once(socket, 'close')
  const text = Buffer.concat(chunks).toString()
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
  return { status, text, kind: `raw ${status}` }
}
