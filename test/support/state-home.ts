/** Where commands that are run by tests keep their state, and not in the home of who runs the tests. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that goes with this process, for `XDG_STATE_HOME`. */
export const stateHome = mkdtempSync(join(tmpdir(), 'state-home-'))

const remove = () => rmSync(stateHome, { recursive: true, force: true })
process.once('exit', remove)
// How the one that runs the tests ends a worker.
process.once('SIGTERM', () => process.exit())
