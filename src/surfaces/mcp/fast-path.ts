/**
 * The plain requests of revision 2026-07-28 — discover, list, call, read, get — answered without the SDK's per-request server,
 * transport and web streams. It takes only what it can answer exactly as the SDK would; everything else, and everything
 * that is not quite right, goes to the SDK, so that there is one place where faults of the protocol are told.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Call, cancel, newCall } from '../../runtime/call.ts'
import { type MessagePoint, messagePoint } from '../../runtime/telemetry/points.ts'
import type { Carrier } from '../../runtime/telemetry/propagation.ts'
import type { Telemetry } from '../../runtime/telemetry/telemetry.ts'
import { callerOf, remoteOf } from '../caller.ts'
import { send } from '../http.ts'
import { rpcErrorOf } from '../problem.ts'
import { nameOf } from './client.ts'
import { isOffered, type Lists, listKeys, type Offer } from './offer.ts'
import { type PlainRequest, plainRequest, revision } from './plain-request.ts'
import { carrierOf, contentOf } from './tool-call.ts'
import type { Tools } from './tools.ts'

/** Answers a parsed POST, or says it is not one of its own. */
export type FastPath = (message: unknown, req: IncomingMessage, res: ServerResponse) => boolean

export function fastPath(offer: Offer, telemetry: Telemetry | undefined): FastPath {
  const told = toldOf(offer)
  const ready = new Map(readyLists(offer, told))
  const discover = discoverResult(offer, told)
  const observe = observing(telemetry, [...ready.keys(), 'server/discover', 'prompts/get'])
  return (message, req, res) => {
    const request = plainRequest(message, req)
    if (request === undefined) return false
    const { method, params } = request
    if (method === 'tools/call') return callTool(request, told, offer.tools, req, res)
    if (method === 'resources/read') return readResource(request, told, offer, req, res)
    const result =
      method === 'server/discover'
        ? discover
        : method === 'prompts/get'
          ? promptResult(params, told, offer)
          : ready.get(method)?.get(params.cursor)
    if (result === undefined) return false
    observe(request, req, () => reply(res, request.id, result))
    return true
  }
}

/** What results say beside what was asked for, as text. */
interface Told {
  readonly complete: string
  /** The same of a result that is told apart. */
  readonly seen: (digest: string) => string
  readonly hints: string
  /** In place of `hints` where not every caller would be told the same. */
  readonly ownHints: string
}

function toldOf({ identity, hint: { ttlMs, cacheScope } }: Offer): Told {
  const own = { 'io.modelcontextprotocol/serverInfo': identity }
  const meta = `"_meta":${JSON.stringify(own)}`
  const open = `"resultType":"complete",${meta.slice(0, -1)},"seen":`
  const hints = (scope: string) => `"ttlMs":${ttlMs},"cacheScope":"${scope}"`
  return {
    complete: `"resultType":"complete",${meta}`,
    seen: (digest) => `${open}"${digest}"}`,
    hints: hints(cacheScope),
    ownHints: hints('private'),
  }
}

/** Every page of every list that is offered, as text, by its cursor. */
function* readyLists({ lists, capabilities }: Offer, { complete, hints }: Told) {
  for (const method of Object.keys(listKeys) as (keyof Lists)[]) {
    if (!isOffered(method, capabilities)) continue
    const pages = new Map<unknown, string>()
    let cursor: string | undefined
    do {
      const page = lists[method](cursor)
      const next = page?.nextCursor
      const more = next === undefined ? '' : `,"nextCursor":${JSON.stringify(next)}`
      pages.set(cursor, `{${complete},"${listKeys[method]}":${JSON.stringify(page?.items)}${more},${hints}}`)
      cursor = next
    } while (cursor !== undefined)
    yield [method as string, pages] as const
  }
}

function discoverResult({ capabilities, instructions }: Offer, { complete, hints }: Told): string {
  const said = instructions === undefined ? '' : `,"instructions":${JSON.stringify(instructions)}`
  const can = JSON.stringify(capabilities)
  return `{${complete},"supportedVersions":["${revision}"],"capabilities":${can}${said},${hints}}`
}

/** A prompt with its arguments in place; undefined where there is a fault to tell. */
function promptResult({ name, arguments: args = {} }: PlainRequest['params'], { complete }: Told, { prompts }: Offer) {
  if (name === undefined || !areTexts(args)) return undefined
  try {
    const answer = prompts.get(name, args)
    return answer && `{${complete},${JSON.stringify(answer).slice(1)}`
  } catch {
    return undefined
  }
}

function areTexts(args: Readonly<Record<string, unknown>>): args is Readonly<Record<string, string>> {
  return Object.values(args).every((value) => typeof value === 'string')
}

function reply(res: ServerResponse, id: string | number, result: string) {
  send(res, 200, `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`, 'application/json')
}

function replyFault(res: ServerResponse, id: string | number, fault: unknown) {
  const error = JSON.stringify(rpcErrorOf(fault))
  send(res, 200, `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${error}}`, 'application/json')
}

function observing(telemetry: Telemetry | undefined, methods: readonly string[]) {
  const points = new Map<string, MessagePoint>()
  if (telemetry !== undefined) for (const method of methods) points.set(method, messagePoint(telemetry, method))
  return ({ method, params }: PlainRequest, req: IncomingMessage, run: () => void) => {
    const point = points.get(method)
    const span = point?.begin(carrierOf(params._meta, req.headers))
    run()
    if (span !== undefined) point?.end(span, false)
  }
}

const clientInfo = 'io.modelcontextprotocol/clientInfo'

/** A call that ends when its caller goes. */
function callFrom(req: IncomingMessage, res: ServerResponse, meta: Carrier): Call {
  const call = newCall(undefined, callerOf(req)?.principal)
  call.from = () => ({
    surface: 'mcp',
    ...nameOf(meta[clientInfo]),
    remote: remoteOf(req),
  })
  res.on('close', () => {
    if (!res.writableFinished) cancel(call)
  })
  return call
}

function callTool(
  { id, params }: PlainRequest,
  { complete, seen: seenAs }: Told,
  tools: Tools,
  req: IncomingMessage,
  res: ServerResponse,
): boolean {
  const { name = '', _meta } = params
  if (!tools.isPlain(name, _meta.progressToken !== undefined)) return false
  const carrier = carrierOf(_meta, req.headers)
  const answering = tools.call(name, params.arguments, { call: callFrom(req, res, _meta), carrier })
  if (answering === undefined) return false
  void answering.then((answer) => {
    const { isError, json, seen } = answer
    const whole = seen === undefined ? complete : seenAs(seen)
    const structured = json === undefined ? '' : `,"structuredContent":${json}`
    reply(res, id, `{${whole},"content":${JSON.stringify(contentOf(answer))}${structured},"isError":${isError}}`)
  })
  return true
}

function readResource(
  { id, params }: PlainRequest,
  { complete, hints, ownHints }: Told,
  { resources }: Offer,
  req: IncomingMessage,
  res: ServerResponse,
): boolean {
  const { uri = '', _meta } = params
  if (!resources.isPlain(uri, _meta.progressToken !== undefined)) return false
  const reading = resources.read(uri, { call: callFrom(req, res, _meta), carrier: carrierOf(_meta, req.headers) })
  if (reading === undefined) return false
  const hint = resources.isShared(uri) ? hints : ownHints
  reading.then(
    (contents) => reply(res, id, `{${complete},"contents":${JSON.stringify([contents])},${hint}}`),
    (fault) => replyFault(res, id, fault),
  )
  return true
}
