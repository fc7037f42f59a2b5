/**
 * Asking a person through their MCP client (2026-07-28, Multi Round-Trip Requests and Elicitation; for 2025 clients the SDK
 * makes an elicitation of it). There are clients that answer by themselves, so that what comes back releases nothing unless the
 * operator says so. What is asked, and that nothing is sent before, is decided in runtime/confirmation.ts.
 */

import { randomUUID } from 'node:crypto'
import { OperationError } from '../../errors.ts'
import { digestOf } from '../../text/canonical.ts'
import { releaseOf } from '../problem.ts'
import type { Required, ToolCall } from './tool-call.ts'

/** What was asked, as the client brings it back: signed, so that it is what we said (`server.ts`). */
interface Asked {
  readonly tool: string
  /** Of the arguments. */
  readonly given: string
  /** Of the question. */
  readonly seen: string
  /** A yes counts once. */
  readonly once: string
}

export interface Consent {
  /** Lets a call know what was answered to an earlier question about it. Throws OperationError for a no. */
  readonly read: (tool: string, args: unknown, call: ToolCall) => void
  /** Puts the question of a fault; undefined where the client can't, or the fault is another one. */
  readonly ask: (tool: string, args: unknown, fault: OperationError, call: ToolCall) => Required | undefined
}

/** Most answers remembered; the oldest are by then long past the time for which the client's state holds. */
const remembered = 10_000

/** Takes a yes in the client for that of a person. */
export function createConsent(): Consent {
  const taken = new Set<string>()
  return {
    read: (tool, args, { call, client }) => {
      const { state, responses = {} } = client ?? {}
      const { confirm } = responses
      if (!isAsked(state) || confirm === undefined || state.tool !== tool || state.given !== digestOf(args)) return
      if (!isYes(confirm)) throw new OperationError('declined', 'the person who was asked said no. Nothing was sent')
      if (taken.has(state.once)) return
      taken.add(state.once)
      for (const oldest of taken.size > remembered ? taken : []) {
        taken.delete(oldest)
        break
      }
      call.consent = { seen: state.seen }
    },
    ask: (tool, args, { question }, { client }) => {
      if (question === undefined || client?.asks !== true) return undefined
      const { text, digest } = question
      const state: Asked = { tool, given: digestOf(args), seen: digest, once: randomUUID() }
      return { requests: { confirm: { method: 'elicitation/create', params: { ...form, message: text } } }, state }
    },
  }
}

/** Tells a person through their client what waits, and where it is released; they come back once that is done. */
export const notice: Consent = {
  read: () => {},
  ask: (_tool, _args, fault, { client }) => {
    const { question, approval } = fault
    if (question === undefined || approval === undefined || client?.asks !== true) return undefined
    // A client that answers by itself would be asked for ever.
    if (client.state !== undefined) return undefined
    const message = `${question.text}\n\n${releaseOf(fault)}`
    const params = { mode: 'form', message, requestedSchema: { type: 'object', properties: {} } }
    return { requests: { waits: { method: 'elicitation/create', params } }, state: { approval: approval.id } }
  },
}

/** What has to be ticked: to send the form is not enough, since some clients do so by themselves. */
const form = {
  mode: 'form',
  requestedSchema: {
    type: 'object',
    properties: { confirm: { type: 'boolean', title: 'Yes, do it', default: false } },
    required: ['confirm'],
  },
} as const

function isAsked(state: unknown): state is Asked {
  return typeof state === 'object' && state !== null && 'once' in state && 'seen' in state
}

function isYes(response: unknown): boolean {
  const { action, content } = response as {
    readonly action?: unknown
    readonly content?: { readonly confirm?: unknown }
  }
  return action === 'accept' && content?.confirm === true
}
