/** Faults that are thrown: a capability that can't be loaded, an operation that failed, a bug of ours. */

import { type Diagnostic, formatDiagnostic } from './diagnostics.ts'

/** A capability that can't run as written. `diagnostics` holds every fault, sorted by place. */
export class CapabilityError extends Error {
  override readonly name = 'CapabilityError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n\n'))
    this.diagnostics = diagnostics
  }
}

/** A start that is refused before any port opens: a missing bind, a taken port, an unknown surface name. */
export class StartError extends Error {
  override readonly name: string = 'StartError'
}

/** Declared variables without a value at start. */
export class UnboundError extends StartError {
  /** Each as `namespace.VARIABLE`. */
  readonly variables: readonly string[]

  constructor(message: string, variables: readonly string[]) {
    super(message)
    this.variables = variables
  }
}

/** One input that does not fit. `pointer` is an RFC 6901 pointer into the input. */
export interface InputFault {
  readonly pointer: string
  readonly message: string
  readonly hint?: string
}

/** What the upstream said, as far as a caller may see it. */
export interface UpstreamFault {
  readonly operation: string
  readonly status?: number
  readonly message?: string
  readonly retryAfterSeconds?: number
}

/** What somebody is asked before something is lost. */
export interface Question {
  /** What is about to happen, to what, and what is there now; several lines. */
  readonly text: string
  /** Another one = something has changed since it was asked. */
  readonly digest: string
}

/** What a call waits for. */
export interface PendingApproval {
  readonly id: string
  /** ISO 8601. */
  readonly expiresAt: string
  /** Whether others than this process can release it. */
  readonly kept: boolean
}

export type OperationErrorCode =
  | 'invalid-input'
  | 'unauthenticated'
  | 'authentication-unavailable'
  | 'forbidden'
  | 'insufficient-scope'
  | 'insufficient-role'
  | 'approval-needed'
  | 'declined'
  | 'changed'
  | 'key-reused'
  | 'outcome-unknown'
  | 'not-found'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'rate-limited'
  | 'payload-too-large'
  | 'unsupported-media-type'
  | 'upstream-refused'
  | 'upstream-unreachable'
  | 'upstream-timeout'
  | 'upstream-unreadable'
  | 'unmappable-output'
  | 'script-failed'
  | 'unavailable'
  | 'rejected'
  | 'cancelled'

interface OperationErrorOptions {
  readonly errors?: readonly InputFault[]
  readonly upstream?: UpstreamFault
  /** Whether the same call may succeed later. Default false. */
  readonly retryable?: boolean
  /** What the token of the caller should have carried. */
  readonly scopes?: readonly string[]
  /** What has to be asked first. */
  readonly question?: Question
  /** What was made of the question. */
  readonly approval?: PendingApproval
  /** When it may be repeated, where that is not the upstream's to say. */
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/**
 * A call that failed. The code fixes what each surface answers (`surfaces/problem-kinds.ts`); the message is written for the
 * caller and never holds a credential, a stack or a path of this machine.
 */
export class OperationError extends Error {
  override readonly name = 'OperationError'
  readonly code: OperationErrorCode
  readonly errors: readonly InputFault[]
  readonly upstream: UpstreamFault | undefined
  readonly retryable: boolean
  readonly scopes: readonly string[]
  readonly question: Question | undefined
  readonly approval: PendingApproval | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: OperationErrorCode, message: string, options: OperationErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.errors = options.errors ?? []
    this.upstream = options.upstream
    this.retryable = options.retryable ?? false
    this.scopes = options.scopes ?? []
    this.question = options.question
    this.approval = options.approval
    this.retryAfterSeconds = options.retryAfterSeconds ?? options.upstream?.retryAfterSeconds
  }
}

/** The name of a fault in counts, spans and logs: anything that is no OperationError is a bug of this program. */
export function codeOf(fault: unknown): OperationErrorCode | 'internal' {
  return fault instanceof OperationError ? fault.code : 'internal'
}

/** Closes a chain that can't be left otherwise; reaching it is a bug of this program. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Unexpected: ${message}. Please report this.`)
}
