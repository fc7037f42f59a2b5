/**
 * Arguments that a header repeats, so that what stands between client and server can route a call without reading it
 * (2026-07-28, Streamable HTTP, Custom Headers): `Mcp-Param-Region` for a property with `"x-mcp-header": "Region"`.
 * A call whose headers say something else than its body is refused before it goes anywhere.
 */

import type { IncomingHttpHeaders } from 'node:http'
import type { Json } from '../../plan.ts'
import { revision } from './plain-request.ts'
import type { ListedTool } from './tools.ts'

/** A header that does not say what the body says. */
export interface Mismatch {
  readonly header: string
  /** What the body says, in words. */
  readonly body: string
}

/** What is wrong with the headers of a message, if anything. */
export type CheckHeaders = (message: unknown, headers: IncomingHttpHeaders) => Mismatch | undefined

/** Where in the arguments the value of a header stands. */
interface Mirrored {
  readonly header: string
  readonly path: readonly string[]
}

interface Call {
  readonly method?: unknown
  readonly params?: {
    readonly name?: unknown
    readonly arguments?: unknown
    readonly _meta?: { readonly 'io.modelcontextprotocol/protocolVersion'?: unknown }
  }
}

/** Reads from the schemas of tools which of their arguments are repeated. */
export function checkHeaders(tools: readonly ListedTool[]): CheckHeaders {
  const mirrored = new Map(tools.map(({ name, inputSchema }) => [name, [...mirroredIn(inputSchema, [])]]))
  if ([...mirrored.values()].every(({ length }) => length === 0)) return () => undefined
  return (message, headers) => {
    const { method, params } = (message ?? {}) as Call
    if (method !== 'tools/call' || params?._meta?.['io.modelcontextprotocol/protocolVersion'] !== revision) return
    for (const { header, path } of mirrored.get(String(params.name)) ?? []) {
      const value = valueAt(params.arguments, path)
      // The client is not to send a header for what it does not say, nor for what does not fit into one.
      if (isRepeated(value) && !says(headers[header.toLowerCase()], value))
        return { header, body: `${path.join('.')} is ${JSON.stringify(value)}` }
    }
    return
  }
}

function* mirroredIn(schema: Json | undefined, path: readonly string[]): Generator<Mirrored> {
  const { properties, 'x-mcp-header': name } = (schema ?? {}) as {
    readonly properties?: Readonly<Record<string, Json>>
    readonly 'x-mcp-header'?: Json
  }
  if (typeof name === 'string') yield { header: `Mcp-Param-${name}`, path }
  for (const [key, property] of Object.entries(properties ?? {})) yield* mirroredIn(property, [...path, key])
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value
}

function isRepeated(value: unknown): value is string | boolean | number {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
}

/** Numbers are compared as such: 42.0 is 42. */
function says(header: string | string[] | undefined, value: string | boolean | number): boolean {
  const said = typeof header === 'string' ? decoded(header) : undefined
  if (typeof value === 'number' && /^-?\d+(?:\.\d+)?$/.test(said ?? '')) return Number(said) === value
  return said === String(value)
}

/** What does not fit into a header comes as Base64 of UTF-8; undefined when that is not what it is. */
function decoded(header: string): string | undefined {
  const base64 = /^=\?base64\?(?<text>.*)\?=$/.exec(header)?.groups?.text
  if (base64 === undefined) return header
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) return undefined
  const text = bytes.toString()
  return Buffer.from(text).equals(bytes) ? text : undefined
}
