/**
 * What waits for a person's yes outside of the channel of whoever called. Nothing is run by a release: the caller repeats the
 * very same call, and takes it. Each fits one call as it was asked about, once, for a time.
 */

import { randomBytes } from 'node:crypto'
import { OperationError } from '../../errors.ts'
import { digestOf } from '../../text/canonical.ts'
import { oneLine } from '../../text/outline.ts'
import { Secret } from '../secret.ts'
import type { Shelf } from './shelf.ts'

export type ApprovalState = 'pending' | 'released' | 'refused' | 'used' | 'expired'

/** What is asked. All texts are masked. */
export interface Asked {
  readonly operation: string
  /** What would happen, to what, and what is there now; several lines. */
  readonly question: string
  readonly caller?: string
  readonly surface?: string
  /** What the client calls itself. */
  readonly client?: string
}

export interface Decision {
  readonly verdict: 'approved' | 'denied'
  readonly by: string
  readonly at: string
  readonly reason?: string
}

/** As it is told. Times are ISO 8601. */
export interface Approval extends Asked {
  readonly id: string
  readonly state: ApprovalState
  readonly asked_at: string
  readonly expires_at: string
  readonly decision?: Decision
}

/** Every one of its functions rejects with OperationError, `unavailable` where what is there can't be read or written. */
export interface Approvals {
  /** Whether they outlive this process, and others can decide. */
  readonly kept: boolean
  /** What somebody brings who decides where a surface asks for nothing else. */
  readonly token: () => Promise<Secret>
  /** What must not be told: the token, once it is known. */
  readonly secrets: () => readonly Secret[]
  /** The one that is open for this digest (pending, released or refused), else a new one. `seconds` until it expires. */
  readonly ask: (digest: string, asked: Asked, seconds: number) => Promise<Approval>
  /** Uses a released one up; false where somebody was faster. */
  readonly take: (id: string) => Promise<boolean>
  readonly find: (id: string) => Promise<Approval | undefined>
  /** Pending ones first, newest first. */
  readonly list: () => Promise<readonly Approval[]>
  /** Rejects with `not-found`, or `rejected` for one that is not pending. */
  readonly decide: (id: string, given: Omit<Decision, 'at'>) => Promise<Approval>
  /** Whether a thing was marked before, and marks it. */
  readonly isMarked: (mark: unknown) => Promise<boolean>
  readonly mark: (mark: unknown) => Promise<void>
}

/** Most that wait, the longest reason in characters, and for how long one can be looked at when it is over, in milliseconds. */
const limits = { pending: 1000, reason: 300, keptMs: 24 * 60 * 60 * 1000 } as const

/** What lies on a shelf. */
export function approvalsOn(shelf: Shelf): Approvals {
  const secrets: Secret[] = []
  const inTurn = turns()
  const find = async (id: string) => {
    const entry = (await entriesOf(shelf)).find((one) => one.id === id)
    return entry && told(shelf, entry)
  }
  return {
    kept: shelf.kept,
    token: closed(async () => {
      secrets[0] ??= new Secret(await tokenOf(shelf))
      return secrets[0]
    }),
    secrets: () => secrets,
    ask: closed((digest, asked, seconds) => inTurn(digest, () => ask(shelf, digest, asked, seconds))),
    take: closed((id) => shelf.create(usedName(id), now())),
    find: closed(find),
    list: closed(async () => {
      const all = await Promise.all((await entriesOf(shelf)).map((entry) => told(shelf, entry)))
      return all.flatMap((one) => one ?? []).sort(inOrder)
    }),
    decide: closed((id, given) => decide(shelf, find, id, given)),
    isMarked: closed(async (mark) => (await shelf.read(markName(mark))) !== undefined),
    mark: closed(async (mark) => void (await shelf.create(markName(mark), now()))),
  }
}

/** Made once, so that processes on one shelf know the same. */
async function tokenOf(shelf: Shelf): Promise<string> {
  const name = 'approver-token'
  await shelf.create(name, randomBytes(24).toString('base64url'))
  const token = (await shelf.read(name))?.trim() ?? ''
  if (token.length < 16) throw new Error(`${name} holds no token`)
  return token
}

/** What can't be read or written is as if nobody had agreed. */
function closed<Given extends readonly unknown[], T>(run: (...given: Given) => Promise<T>) {
  return async (...given: Given): Promise<T> => {
    try {
      return await run(...given)
    } catch (cause) {
      if (cause instanceof OperationError) throw cause
      const message = 'approvals can not be read or written here. Nothing was sent'
      throw new OperationError('unavailable', message, { cause, retryable: true })
    }
  }
}

/** One approval as the names on the shelf tell it: `<id>.<expires>.<digest>.json`, and beside it what became of it. */
interface Entry {
  readonly id: string
  readonly name: string
  /** In milliseconds. */
  readonly expires: number
  readonly digest: string
  readonly isDecided: boolean
  readonly isUsed: boolean
}

const shape = /^(ap_[0-9a-z]{24})\.([0-9a-z]+)\.([\w-]{43})\.json$/
const decisionName = (id: string) => `${id}.decision.json`
const usedName = (id: string) => `${id}.used`
const markName = (mark: unknown) => `mark.${digestOf(mark)}`

async function entriesOf(shelf: Shelf): Promise<readonly Entry[]> {
  const names = await shelf.names()
  const there = new Set(names)
  return names.flatMap((name) => {
    const [, id, expires, digest] = shape.exec(name) ?? []
    if (id === undefined || expires === undefined || digest === undefined) return []
    const [isDecided, isUsed] = [there.has(decisionName(id)), there.has(usedName(id))]
    return [{ id, name, expires: Number.parseInt(expires, 36), digest, isDecided, isUsed }]
  })
}

/** Undefined where it was swept away meanwhile. */
async function told(shelf: Shelf, entry: Entry): Promise<Approval | undefined> {
  const { id, name, expires, isDecided } = entry
  const text = await shelf.read(name)
  if (text === undefined) return undefined
  const asked = JSON.parse(text) as Omit<Approval, 'id' | 'state'>
  const said = isDecided ? await shelf.read(decisionName(id)) : undefined
  const decision = said === undefined ? undefined : (JSON.parse(said) as Decision)
  const more = { id, state: stateOf(entry, decision), expires_at: new Date(expires).toISOString() }
  return { ...asked, ...more, ...(decision === undefined ? {} : { decision }) }
}

function stateOf({ isUsed, expires }: Entry, decision: Decision | undefined): ApprovalState {
  if (isUsed) return 'used'
  if (decision?.verdict === 'denied') return 'refused'
  if (expires <= Date.now()) return 'expired'
  return decision?.verdict === 'approved' ? 'released' : 'pending'
}

const isOpen = ({ isUsed, expires }: Entry) => !isUsed && expires > Date.now()

async function ask(shelf: Shelf, digest: string, asked: Asked, seconds: number): Promise<Approval> {
  const entries = await entriesOf(shelf)
  const own = entries.filter((entry) => entry.digest === digest && isOpen(entry))
  const [found] = (await Promise.all(own.map((entry) => told(shelf, entry)))).flatMap((one) => one ?? []).sort(byWeight)
  if (found !== undefined) return found
  await sweep(shelf, entries)
  if (entries.filter((entry) => isOpen(entry) && !entry.isDecided).length >= limits.pending)
    throw new OperationError('unavailable', 'too many approvals are pending. Nothing was sent', { retryable: true })
  return put(shelf, digest, asked, seconds)
}

/** Where two processes asked at the same time there are two: a refusal counts first, then a release, then the older one. */
function byWeight(a: Approval, b: Approval): number {
  const order = ['refused', 'released', 'pending']
  return order.indexOf(a.state) - order.indexOf(b.state) || (a.asked_at < b.asked_at ? -1 : 1)
}

async function put(shelf: Shelf, digest: string, asked: Asked, seconds: number): Promise<Approval> {
  const [id, expires] = [newId(), Date.now() + seconds * 1000]
  const said = { ...asked, asked_at: now() }
  await shelf.create(`${id}.${expires.toString(36)}.${digest}.json`, JSON.stringify(said))
  return { ...said, id, state: 'pending', expires_at: new Date(expires).toISOString() }
}

/** One after the other for the same key, so that of calls at the same time one asks. */
function turns() {
  const last = new Map<string, Promise<unknown>>()
  return async <T>(key: string, run: () => Promise<T>): Promise<T> => {
    const own = (last.get(key) ?? Promise.resolve()).then(run, run)
    last.set(key, own)
    try {
      return await own
    } finally {
      if (last.get(key) === own) last.delete(key)
    }
  }
}

/** 120 bits, in characters that are not taken for each other. */
function newId(): string {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz'
  return `ap_${[...randomBytes(24)].map((byte) => letters[byte % 32]).join('')}`
}

async function sweep(shelf: Shelf, entries: readonly Entry[]) {
  const old = entries.filter(({ expires }) => expires + limits.keptMs < Date.now())
  const names = old.flatMap(({ id, name }) => [name, decisionName(id), usedName(id)])
  await Promise.all(names.map((name) => shelf.remove(name)))
}

async function decide(shelf: Shelf, find: Approvals['find'], id: string, given: Omit<Decision, 'at'>) {
  const { state } = (await find(id)) ?? {}
  if (state === undefined) throw new OperationError('not-found', 'there is no approval of this id')
  const { reason, ...said } = given
  const why = oneLine(reason ?? '', limits.reason)
  const decision: Decision = { ...said, at: now(), ...(why === '' ? {} : { reason: why }) }
  if (state === 'pending' && (await shelf.create(decisionName(id), JSON.stringify(decision)))) {
    const decided = await find(id)
    if (decided !== undefined) return decided
  }
  throw new OperationError('rejected', `this approval is ${state === 'pending' ? 'decided' : state} already`)
}

function inOrder(a: Approval, b: Approval): number {
  const waits = ({ state }: Approval) => (state === 'pending' ? 0 : 1)
  return waits(a) - waits(b) || (a.asked_at < b.asked_at ? 1 : -1)
}

const now = () => new Date().toISOString()
