/** An operation that can be run, and what it answers. */

import type { Call } from './call.ts'
import type { Input } from './evaluate.ts'
import type { Binary } from './formats/binary.ts'

/** What a call answers. `text` is `value` as JSON; both are absent when the upstream answered nothing. */
export interface Outcome {
  /** The upstream's 2xx status; 200 for a mock. */
  readonly status: number
  readonly value?: unknown
  readonly text?: string
  /** In place of both, when the operation answers bytes. */
  readonly binary?: Binary
  /** Why nothing was sent, where there was nothing left to do. */
  readonly unsent?: string
  /** The answer has gone to the passage of the call. */
  readonly passed?: true
}

/** Runs one operation with an input. Throws OperationError. */
export type Invoke = (input: Input, call?: Call) => Promise<Outcome>
