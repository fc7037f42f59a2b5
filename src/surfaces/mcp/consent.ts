/**
 * Asking a person through their MCP client (2026-07-28, Multi Round-Trip Requests and Elicitation; for 2025 clients the SDK
 * makes an elicitation of it). What is asked, and that nothing is sent before, is decided in runtime/confirmation.ts.
 */

import { randomUUID } from 'node:crypto'
import { OperationError, type Question } from '../../errors.ts'
import { digestOf } from '../../text/canonical.ts'
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
  /** Puts the question; undefined where the client can't. */
  readonly ask: (tool: string, args: unknown, question: Question, call: ToolCall) => Required | undefined
}

/** Most answers remembered; the oldest are by then long past the time for which the client's state holds. */
const remembered = 10_000

export function createConsent(): Consent {
  const taken = new Set<string>()
  return {
    read: (tool, args, { call, client }) => {
      call.consent = 'open'
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
    ask: (tool, args, { text, digest }, { client }) => {
      if (client?.asks !== true) return undefined
      const state: Asked = { tool, given: digestOf(args), seen: digest, once: randomUUID() }
      return { requests: { confirm: { method: 'elicitation/create', params: { ...form, message: text } } }, state }
    },
  }
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
