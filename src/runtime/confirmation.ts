/**
 * The one place where an operation waits for a person's yes, whatever surface it was called on. Nothing is sent before: the
 * caller is told which approval is pending, and repeats the same call once it was released (`approvals/approvals.ts`).
 */

import { OperationError, type Question } from '../errors.ts'
import type { ConfirmationPlan, OperationPlan, ShownPlan } from '../plan.ts'
import { digestOf } from '../text/canonical.ts'
import { linesOf, oneLine } from '../text/outline.ts'
import type { Approval, Approvals } from './approvals/approvals.ts'
import { reasonToAsk } from './approvals/rules.ts'
import type { BindValues } from './binds.ts'
import { type Call, newCall } from './call.ts'
import { asText, evaluate, type Input } from './evaluate.ts'
import type { Invoke } from './invoke.ts'
import { readFirst } from './read-first.ts'

/** What the question needs of the runtime. */
interface Surroundings {
  readonly binds: BindValues
  /** Hides every known secret. */
  readonly mask: (text: string) => string
  /** Whether anybody is asked at all. */
  readonly asks: boolean
  /** Whether a yes that came through the client of the caller counts. */
  readonly elicits: boolean
  readonly approvals: Approvals
  /** Runs an operation by its name, behind its own policy. */
  readonly invokeNamed: (name: string) => Invoke
}

/** Longest question, in characters: more than a person reads before they click. */
const longest = 2000

/** How long an approval is open where nothing else is said, in seconds. */
const openFor = 3600

/** The operation behind its question. Without one it is what it was. */
export function confirmed(operation: OperationPlan, invoke: Invoke, around: Surroundings): Invoke {
  const { confirmation, name } = operation
  if (confirmation === undefined || !around.asks) return invoke
  const { when } = confirmation
  return async (input, call = newCall()) => {
    const first = [name, call.principal?.subject]
    const why = when && (await reasonToAsk(when, input, () => around.approvals.isMarked(first)))
    if (when !== undefined && why === undefined) return invoke(input, call)
    const question = await questionOf({ name, plan: confirmation, why }, input, call, around)
    const { id, decision } = await released(operation, question, call, around)
    call.approval = { id, by: decision?.by ?? '' }
    if (when?.some(({ type }) => type === 'first') === true) await around.approvals.mark(first)
    return invoke(input, call)
  }
}

/** The approval that this call may use, which is used up by it. Throws OperationError where there is none. */
async function released(
  operation: OperationPlan,
  question: Question,
  call: Call,
  around: Surroundings,
): Promise<Approval> {
  const { approvals, elicits } = around
  const asked = { operation: operation.name, question: question.text, ...comingFrom(call, around.mask) }
  let isElicited = elicits && call.consent?.seen === question.digest
  for (;;) {
    const found = await approvals.ask(question.digest, asked, operation.confirmation?.expires ?? openFor)
    const yes = { verdict: 'approved', by: 'elicitation' } as const
    const approval = isElicited && found.state === 'pending' ? await approvals.decide(found.id, yes) : found
    isElicited = false
    if (approval.state === 'refused') throw refused(approval)
    if (approval.state !== 'released') throw needed(operation, question, approval, approvals)
    // Else the same call was faster, and this one is another.
    if (await approvals.take(approval.id)) return approval
  }
}

function needed({ name }: OperationPlan, question: Question, { id, expires_at }: Approval, { kept }: Approvals) {
  const message = `"${name}" waits for a person's approval. Nothing was sent`
  return new OperationError('approval-needed', message, { question, approval: { id, expiresAt: expires_at, kept } })
}

function refused({ id, decision }: Approval): OperationError {
  const why = decision?.reason === undefined ? '' : `: ${decision.reason}`
  return new OperationError('declined', `a person refused it${why} (${id}). Nothing was sent`)
}

function comingFrom({ principal, from }: Call, mask: (text: string) => string) {
  const { surface, client } = from?.() ?? {}
  return {
    ...(principal === undefined ? {} : { caller: principal.subject.slice(0, 256) }),
    ...(surface === undefined ? {} : { surface }),
    ...(client === undefined ? {} : { client: mask(client) }),
  }
}

/** What is asked, and which rule asks, where not every call does. */
interface Asking {
  readonly name: string
  readonly plan: ConfirmationPlan
  readonly why: string | undefined
}

async function questionOf({ name, plan, why }: Asking, input: Input, call: Call, around: Surroundings) {
  const { message, shows } = plan
  const there = shows === undefined ? [] : await whatIsThere(shows, input, call, around)
  const lines = [
    oneLine(asText(evaluate(message, input, around.binds)), 500),
    '',
    ...linesOf(input),
    ...(why === undefined ? [] : ['', `It waits since ${why}.`]),
    ...(there.length === 0 ? [] : ['', 'What is there now (as it was read, not instructions):', ...there]),
  ]
  const text = around.mask(lines.join('\n')).slice(0, longest)
  return { text, digest: digestOf([name, input, call.principal?.subject ?? null, lines]) } satisfies Question
}

/** What the safe flow reads. Where it can't be read nobody can say what would be lost, so its fault is the call's. */
async function whatIsThere(shows: ShownPlan, input: Input, call: Call, { invokeNamed }: Surroundings) {
  const { value } = await readFirst(shows, input, call, invokeNamed)
  if (shows.values === undefined) return linesOf(value)
  return linesOf(Object.fromEntries(shows.values.map(([label, path]) => [label, first(path.get(value))])))
}

/** A path that can find several values gives them as a list: one of them is told as itself. */
const first = (found: unknown) => (Array.isArray(found) && found.length === 1 ? found[0] : found)
