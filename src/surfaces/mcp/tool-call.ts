/** What goes into a call of a tool and what comes back, on every path between a client and the tools. */

import type { Call } from '../../runtime/call.ts'
import type { Carrier } from '../../runtime/telemetry/propagation.ts'
import type { ContentBlock, ResourceLink } from './content.ts'

/** What comes with a call beside its arguments. */
export interface ToolCall {
  readonly call: Call
  /** Where the caller may name its trace. */
  readonly carrier: Carrier
  /** Absent = the client can only take an answer. */
  readonly client?: ToolClient
}

/** What comes with a read of a resource beside its URI. */
export type ResourceRead = Pick<ToolCall, 'call' | 'carrier'>

/** What a client can do for a tool that it calls. */
export interface ToolClient {
  /** Whether a person can be asked through it (elicitation in form mode). */
  readonly asks: boolean
  /** What it says it can do (ClientCapabilities), by name. */
  readonly declared: Readonly<Record<string, unknown>>
  /** What came back of what the tool required. */
  readonly responses?: Readonly<Record<string, unknown>>
  readonly state?: unknown
}

/** What a call answers. `json` is `structured` as text, for the transport that writes it without parsing it again. */
export interface ToolAnswer {
  readonly text: string
  readonly isError: boolean
  readonly structured?: unknown
  readonly json?: string
  /** In place of the text. */
  readonly content?: readonly ContentBlock[]
  /** Where it can be read again. */
  readonly link?: ResourceLink
  /** Where the rest of it is read. */
  readonly rest?: ResourceLink
  /** What the result is told apart by, where a write can ask whether it is still so. */
  readonly seen?: string
  /** In place of an answer: what has to be known first (2026-07-28, Multi Round-Trip Requests). */
  readonly required?: Required
}

/** What the client is asked for, and what comes back with it. */
export interface Required {
  readonly requests: Readonly<Record<string, { readonly method: string; readonly params?: object }>>
  /** Kept by the client, which can read it but not change it. */
  readonly state: unknown
}

/** Where a message names its trace: in its own `_meta` before the headers that brought it (spec-servers §7.3). */
export function carrierOf(meta: Carrier | undefined, headers: Carrier): Carrier {
  return meta?.traceparent === undefined && meta?.['x-b3-traceid'] === undefined ? headers : meta
}

/** The content of an answer as it goes on the wire. `linked`: whether its client knows links (since 2025-06-18). */
export function contentOf({ text, content, link, rest }: ToolAnswer, linked = true): readonly ContentBlock[] {
  const blocks = content ?? [{ type: 'text', text }]
  if (!linked || (link === undefined && rest === undefined)) return blocks
  return [...blocks, ...(rest === undefined ? [] : [rest]), ...(link === undefined ? [] : [link])]
}
