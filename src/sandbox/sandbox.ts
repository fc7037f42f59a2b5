import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportRowsOf } from './control.ts'
import { handle, type Running } from './edge.ts'
import { examplesOf } from './examples.ts'
import type { ExportRow } from './exports.ts'
import { type FaultSpec, readFaultSpec } from './fault-spec.ts'
import { faultSpecText } from './fault-text.ts'
import { faultDice, noFaults, type SandboxFaults } from './faults.ts'
import { createJournal, type JournalEntry } from './journal.ts'
import { seedWorld } from './seed.ts'
import { day } from './state.ts'

export { readFaultSpec }

/** Origins of real services this sandbox stands in for. */
export const standsInFor: readonly string[] = ['https://app.nanonets.com']

export interface SandboxOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number
  /** Address to listen on, 127.0.0.1 unless said otherwise. */
  readonly host?: string
  /**
   * Faults from the start; also what `reset` goes back to. As text (`fault-spec.ts` has the grammar) a seed is drawn
   * where none is named.
   */
  readonly faults?: Partial<SandboxFaults> | string
  /** The base day of all documents, in days since 1970-01-01; the current UTC day unless said otherwise. */
  readonly today?: number
  /** Another seed makes other documents with other ids. */
  readonly seed?: number
}

/** A running sandbox. */
export interface Sandbox {
  readonly url: string
  /** Example values by parameter name, valid right after the start and after `reset`. */
  readonly examples: Readonly<Record<string, unknown>>
  /** The switch for faults: change its members at any time. */
  readonly faults: SandboxFaults
  /** The rules of `faults` and their seed as text, which makes the same faults again; empty without rules. */
  readonly faultSpec: string
  /** The last requests received, newest last; at most 1000. */
  readonly journal: readonly JournalEntry[]
  /** The rows at one export destination, or at all of them. */
  exportRows(destination?: string): readonly ExportRow[]
  /** Puts documents, rows, journal and faults back to how they were at the start. */
  reset(): void
  /** Stops at once: open connections are destroyed, answers under way are lost. */
  close(): Promise<void>
}

function seeded(spec: FaultSpec): FaultSpec {
  return spec.seed === undefined ? { ...spec, seed: randomInt(1, 1_000_000) } : spec
}

function createRunning(options: SandboxOptions): Running {
  const today = options.today ?? Math.floor(Date.now() / day)
  const given = typeof options.faults === 'string' ? seeded(readFaultSpec(options.faults)) : options.faults
  const initial = () => structuredClone({ ...noFaults(), ...given })
  const faults = initial()
  const journal = createJournal()
  const dice = faultDice(faults)
  let world = seedWorld(today, faults, options.seed)
  const reset = () => {
    Object.assign(faults, initial())
    world = seedWorld(today, faults, options.seed)
    journal.clear()
    dice.restart()
  }
  return { world: () => world, faults, journal, dice, examples: examplesOf(world), reset }
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve(server.address() as AddressInfo)
    })
  })
}

/** The address a client on this machine can use. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0') return `http://127.0.0.1:${port}`
  if (address === '::') return `http://[::1]:${port}`
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/**
 * Starts the sandbox: an embedded, stateful stand-in for the service, on its own port, with about 40 documents over
 * three models. Nothing leaves the machine, and any API key will do. What it does where the service is not documented
 * is listed in `assumptions.ts`. Throws a Refusal for faults in a text that can't be read.
 *
 * Besides the API it answers under `/__sandbox/`, without authentication, so that it can be driven with curl:
 *
 *     GET  /__sandbox/             counts, faults in force, example values
 *     GET  /__sandbox/faults       the faults in force
 *     PUT  /__sandbox/faults       replaces them: {"rules":[{"fault":{"type":"status","status":429},"next":2}]}
 *     GET  /__sandbox/faults.txt   their rules and seed as text
 *     PUT  /__sandbox/faults.txt   replaces those: first 2 429 retry-after=1 on list
 *     GET  /__sandbox/journal      the last requests, or those after one: ?after=41
 *     GET  /__sandbox/exports      the rows at the destinations, or at one: ?destination=Xero
 *     GET  /__sandbox/assumptions  every guess about the real service
 *     POST /__sandbox/reset        everything as at the start
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const running = createRunning(options)
  // Longer than any client keeps an idle connection, so that none is closed under a request.
  const server = createServer({ keepAliveTimeout: 65_000 }, (req, res) => handle(running, req, res))
  const address = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1')
  let closed: Promise<void> | undefined
  return {
    url: urlOf(address),
    examples: running.examples,
    faults: running.faults,
    get faultSpec() {
      return running.faults.rules.length === 0 ? '' : faultSpecText(running.faults)
    },
    get journal() {
      return running.journal.entries()
    },
    exportRows: (destination) => exportRowsOf(running.world(), destination),
    reset: running.reset,
    close() {
      closed ??= stop(server)
      return closed
    },
  }
}
