/** Opens what outlives a process: the audit of calls, what waits for approval, and the writes that must not be made again. */

import { join } from 'node:path'
import { StartError } from '../errors.ts'
import { type Approvals, approvalsOn } from './approvals/approvals.ts'
import { fileShelf } from './approvals/shelf.ts'
import type { Audit } from './audit.ts'
import type { Log } from './log.ts'
import { createOnce, type Once } from './once.ts'

export interface StateOptions {
  /** Folder of one capability. */
  readonly folder: string
  /** Whether calls are audited; false also starts where the folder can't be written. */
  readonly audits: boolean
  /** Whether calls that only read are audited too. */
  readonly reads: boolean
  /** Whether writes that have a key are known after a restart. */
  readonly remembers: boolean
  readonly log: Log
}

/** What is open of it. */
export interface State {
  readonly audit?: Audit
  readonly approvals: Approvals
  readonly once: Once
  readonly close: () => Promise<void>
}

/** Throws StartError where it can't be written, unless it is opened without an audit. */
export async function openState(options: StateOptions): Promise<State> {
  const audit = options.audits ? await auditOf(options) : undefined
  try {
    const kept = options.remembers ? await onceOf(options) : undefined
    return {
      ...(audit === undefined ? {} : { audit }),
      approvals: approvalsOn(fileShelf(join(options.folder, 'approvals'))),
      once: kept?.once ?? createOnce(),
      close: async () => {
        await Promise.all([audit?.close(), kept?.close()])
      },
    }
  } catch (error) {
    await audit?.close()
    throw error
  }
}

async function auditOf({ folder, reads, log }: StateOptions): Promise<Audit> {
  const { openAudit } = await import('./open-audit.ts')
  const audit = await openAudit(join(folder, 'audit'), reads)
  if (audit.torn !== undefined) log.write('warn', 'the audit had a torn last line', { kept: audit.torn })
  return audit
}

async function onceOf({ folder, audits, log }: StateOptions) {
  const { openOnce } = await import('./once-journal.ts')
  try {
    return await openOnce(join(folder, 'once'), log)
  } catch (error) {
    if (audits || !(error instanceof StartError)) throw error
    log.write('warn', 'keys of writes will not be known after a restart', { why: error.message })
    return undefined
  }
}
