/** The one place where a fault becomes an answer: problem+json for REST, a tool result for MCP, a text for the CLI. */

import { OperationError } from '../errors.ts'
import { answers, saysRetryable } from './problem-kinds.ts'

/** RFC 9457 problem details with our extension members. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly errors?: readonly { readonly pointer: string; readonly detail: string; readonly hint?: string }[]
  readonly retryable?: boolean
  readonly retry_after_seconds?: number
  readonly upstream?: { readonly operation: string; readonly status?: number }
}

interface ProblemAnswer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Problem
}

export function problemOf(error: unknown): ProblemAnswer {
  if (!(error instanceof OperationError)) return internal
  const status = statusOf(error)
  const { upstream } = error
  const retryAfter = error.retryAfterSeconds
  return {
    status,
    headers: retryAfter === undefined ? [] : ['retry-after', String(retryAfter)],
    body: {
      type: `urn:capability:problem:${error.code}`,
      title: answers[error.code].title,
      status,
      detail: error.message,
      ...(error.errors.length > 0
        ? {
            errors: error.errors.map(({ pointer, message, hint }) => ({
              pointer,
              detail: message,
              ...(hint === undefined ? {} : { hint }),
            })),
          }
        : {}),
      ...(saysRetryable(error.code) || error.retryable ? { retryable: error.retryable } : {}),
      ...(retryAfter === undefined ? {} : { retry_after_seconds: retryAfter }),
      ...(upstream === undefined
        ? {}
        : {
            upstream: {
              operation: upstream.operation,
              ...(upstream.status === undefined ? {} : { status: upstream.status }),
            },
          }),
    },
  }
}

const internal: ProblemAnswer = {
  status: 500,
  headers: [],
  body: {
    type: 'urn:capability:problem:internal',
    title: 'Internal error',
    status: 500,
    detail: 'This is a fault of the server, not of the request.',
  },
}

/**
 * A refusal about the thing asked for (404, 409, 422, 429 …) keeps its status. One about this server's own credential
 * would mislead the caller, and a failure of the upstream is not a failure of this server: both are 502; 503 and 504 keep
 * their meaning.
 */
function statusOf(error: OperationError): number {
  const status = error.upstream?.status
  if (error.code !== 'upstream-refused' || status === undefined) return answers[error.code].status
  if (status === 503 || status === 504) return status
  return status >= 400 && status < 500 && ![401, 402, 403, 407].includes(status) ? status : 502
}

/** A fault in plain text, for a tool result and a terminal: what, which fields, what to do. */
export function faultText(error: unknown): string {
  if (!(error instanceof OperationError)) return 'Internal error: this is a fault of the server, not of the call.'
  const lines = [
    error.errors.length > 0 ? `${answers[error.code].title}:` : `${answers[error.code].title}: ${error.message}`,
  ]
  for (const { pointer, message, hint } of error.errors)
    lines.push(`- ${pointer || 'input'} ${message}${hint === undefined ? '' : ` (${hint})`}`)
  const advice = adviceOf(error)
  if (advice !== undefined) lines.push(advice)
  return lines.join('\n')
}

function adviceOf(error: OperationError): string | undefined {
  if (error.question !== undefined) return `${error.question.text}\n\n${releaseOf(error)}`
  const wait = error.retryAfterSeconds
  if (wait !== undefined && error.retryable) return `Wait ${wait} seconds, then the same call may be repeated.`
  if (error.retryable) return 'The same call may be repeated later.'
  const unknown =
    error.code === 'upstream-unreachable' || error.code === 'upstream-timeout' || error.code === 'upstream-unreadable'
  return unknown
    ? 'Whether the upstream acted on the call is not known: read the state before repeating a write.'
    : undefined
}

/** Who can release what waits, and how; empty for a fault that does not wait. */
export function releaseOf({ approval }: OperationError): string {
  if (approval === undefined) return ''
  const { id, expiresAt, kept } = approval
  const inbox = 'in the inbox of the control surface (/approvals)'
  const where = kept ? `with "capability approvals approve ${id}", or ${inbox}` : inbox
  return [
    `Approval ${id} is pending until ${expiresAt}.`,
    `A person releases or refuses it outside of this conversation, ${where}; a yes that is given here does not count.`,
    'Repeat the same call then.',
  ].join(' ')
}

/** A fault as JSON-RPC 2.0 §5.1 tells it, where there is no result to tell it in. */
export function rpcErrorOf(error: unknown): { readonly code: number; readonly message: string } {
  const isAsked = error instanceof OperationError && error.code === 'invalid-input'
  return { code: isAsked ? -32602 : -32603, message: faultText(error) }
}
