/** Where a person decides: the approvals of every capability below one state directory, also while they are served. */

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { OperationError } from '../../errors.ts'
import type { Audit } from '../audit.ts'
import { openAudit } from '../open-audit.ts'
import { type Approval, type Approvals, approvalsOn, type Decision } from './approvals.ts'
import { fileShelf } from './shelf.ts'

/** An approval, and whose it is: the folder of the capability below the state directory. */
export interface Filed extends Approval {
  readonly capability: string
}

export interface Desk {
  readonly list: () => Promise<readonly Filed[]>
  /** Both reject with OperationError, as `Approvals` does. */
  readonly find: (id: string) => Promise<Filed>
  readonly decide: (id: string, given: Omit<Decision, 'at'>) => Promise<Filed>
}

/** Decides, and writes down who did. */
export async function decided(
  approvals: Approvals,
  audit: Pick<Audit, 'append'> | undefined,
  id: string,
  given: Omit<Decision, 'at'>,
): Promise<Approval> {
  const approval = await approvals.decide(id, given)
  const { operation, decision } = approval
  const { verdict, ...more } = decision ?? given
  await audit?.append({ event: verdict, operation, approval: id, ...more })
  return approval
}

/** The desk of a state directory, whose capabilities may come and go. */
export function deskOf(stateDirectory: string): Desk {
  const drawers = async () =>
    (await foldersIn(stateDirectory)).map((name) => {
      return { name, approvals: approvalsOn(fileShelf(join(stateDirectory, name, folder))) }
    })
  const holding = async (id: string) => {
    for (const drawer of await drawers()) {
      const approval = await drawer.approvals.find(id)
      if (approval !== undefined) return { ...drawer, approval }
    }
    throw new OperationError('not-found', 'there is no approval of this id')
  }
  return {
    list: async () => {
      const all = (await drawers()).map(async ({ name, approvals }) => (await approvals.list()).map(filedAs(name)))
      return (await Promise.all(all)).flat()
    },
    find: async (id) => {
      const { name, approval } = await holding(id)
      return filedAs(name)(approval)
    },
    decide: async (id, given) => {
      const { name, approvals } = await holding(id)
      const audit = await auditOf(join(stateDirectory, name))
      try {
        return filedAs(name)(await decided(approvals, audit, id, given))
      } finally {
        await audit?.close()
      }
    },
  }
}

const folder = 'approvals'

const filedAs =
  (capability: string) =>
  (approval: Approval): Filed => ({ ...approval, capability })

/** Those of capabilities, and of their sandboxes, that have approvals. */
async function foldersIn(stateDirectory: string): Promise<readonly string[]> {
  const entries = await readdir(stateDirectory, { withFileTypes: true }).catch(() => [])
  const own = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name, join(entry.name, 'sandbox')] : []))
  const kept = await Promise.all(own.map((name) => isFolder(join(stateDirectory, name, folder))))
  return own.filter((_, i) => kept[i])
}

/** Where no calls are written down, neither is who decides about them. */
async function auditOf(folder: string): Promise<Audit | undefined> {
  const directory = join(folder, 'audit')
  return (await isFolder(directory)) ? openAudit(directory, false) : undefined
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
