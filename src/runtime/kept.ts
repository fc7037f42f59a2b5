/** What is kept of a write, so that it is told again and not made again. */

import type { OperationError, UpstreamFault } from '../errors.ts'

/** What came of a write, as far as it is told again. */
export type Kept =
  | { readonly status: number; readonly text?: string }
  | { readonly fault: Fault }
  | { readonly error: unknown }

/** What is told again of a fault: the fault itself holds on to where it came from. */
export type Fault = Pick<OperationError, 'code' | 'message' | 'errors'> & {
  readonly upstream?: UpstreamFault
  readonly retryAfterSeconds?: number
}

/** What a line about a write needs. `id` is a digest, and `print` too. */
export interface Facts {
  readonly id: string
  readonly print: string
  readonly keptMs: number
}

/** The lines of one write: where the first one can't be written nothing is sent. */
export interface Ticket {
  readonly begin: () => Promise<void>
  /** Undefined = it was not made, and may be. Never rejects. */
  readonly end: (kept: Kept | undefined) => Promise<void>
}
