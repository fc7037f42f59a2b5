/** What all operations of a runtime share. */

import type { Approvals } from './approvals/approvals.ts'
import type { Audit } from './audit.ts'
import type { BindValues } from './binds.ts'
import type { Formats } from './formats/formats.ts'
import type { Invoke } from './invoke.ts'
import type { Log } from './log.ts'
import type { Once } from './once.ts'
import type { Grants } from './policy.ts'
import type { Reach } from './private-address.ts'
import type { Scripting } from './scripting.ts'
import type { Telemetry } from './telemetry/telemetry.ts'
import type { Upstream } from './upstream.ts'

export interface ExecuteContext {
  readonly upstreams: ReadonlyMap<string, Upstream>
  readonly binds: BindValues
  readonly mask: (text: string) => string
  readonly formats: Formats
  readonly telemetry?: Telemetry
  readonly log: Log
  /** Names of the operations that are flows of an aggregate. */
  readonly flows: ReadonlySet<string>
  readonly scripting: Scripting
  /** How authorization servers may be reached. */
  readonly reach: Reach
  /** Whether agents are handed whole answers, whatever their size. */
  readonly unbounded: boolean
  /** Whether somebody is asked before something is lost. */
  readonly asks: boolean
  /** Whether a yes through the client of the caller is one. */
  readonly elicits: boolean
  /** What waits for a person. */
  readonly approvals: Approvals
  /** The writes that must not be made again, and where they are kept. */
  readonly once: Once
  /** Who may run what. Absent = whoever may call. */
  readonly grants?: Grants
  /** Where calls are written down. Absent = nowhere. */
  readonly audit?: Audit
  /** Runs an operation by its name. */
  readonly invokeNamed: (name: string) => Invoke
}
