/** A row of the catalogue: what a fault is called, how much it weighs, what its author is told. */

/** error = can't run as written; warning = runs here, but is not portable or probably not meant; info = style. */
export type Severity = 'error' | 'warning' | 'info'

export interface Definition {
  /** What holds where the fault is not, in a sentence. */
  readonly about: string
  readonly severity: Severity
  readonly message: (args: never) => string
  readonly hint?: (args: never) => string | undefined
}
