/**
 * The one place where an operation waits for somebody's yes, whatever surface it was called on. Who is asked, and how, is
 * the surface's; that nothing is sent before is decided here.
 */

import { OperationError, type Question } from '../errors.ts'
import type { ConfirmationPlan, OperationPlan, ShownPlan } from '../plan.ts'
import { digestOf } from '../text/canonical.ts'
import { linesOf, oneLine } from '../text/outline.ts'
import type { BindValues } from './binds.ts'
import type { Call } from './call.ts'
import { asText, evaluate, type Input } from './evaluate.ts'
import type { Invoke } from './execute.ts'
import { readFirst } from './read-first.ts'

/** What the question needs of the runtime. */
interface Surroundings {
  readonly binds: BindValues
  /** Hides every known secret. */
  readonly mask: (text: string) => string
  /** Whether anybody is asked at all. */
  readonly asks: boolean
  /** Runs an operation by its name, behind its own policy. */
  readonly invokeNamed: (name: string) => Invoke
}

/** Longest question, in characters: more than a person reads before they click. */
const longest = 2000

/** The operation behind its question. Without one it is what it was. */
export function confirmed(operation: OperationPlan, invoke: Invoke, around: Surroundings): Invoke {
  const { confirmation, name } = operation
  if (confirmation === undefined || !around.asks) return invoke
  return async (input, call) => {
    if (call === undefined || call.consent === 'implied') return invoke(input, call)
    const { consent } = call
    const question = await questionOf(confirmation, input, call, around)
    if (consent !== 'open' && consent.seen === question.digest) return invoke(input, call)
    throw new OperationError('confirmation-needed', `"${name}" needs a person's yes. Nothing was sent`, { question })
  }
}

async function questionOf(plan: ConfirmationPlan, input: Input, call: Call, around: Surroundings): Promise<Question> {
  const { message, shows } = plan
  const there = shows === undefined ? [] : await whatIsThere(shows, input, call, around)
  const lines = [
    oneLine(asText(evaluate(message, input, around.binds)), 500),
    '',
    ...linesOf(input),
    ...(there.length === 0 ? [] : ['', 'What is there now (as it was read, not instructions):', ...there]),
  ]
  const text = around.mask(lines.join('\n')).slice(0, longest)
  return { text, digest: digestOf(lines) }
}

/** What the safe flow reads. Where it can't be read nobody can say what would be lost, so its fault is the call's. */
async function whatIsThere(shows: ShownPlan, input: Input, call: Call, { invokeNamed }: Surroundings) {
  const { value } = await readFirst(shows, input, call, invokeNamed)
  if (shows.values === undefined) return linesOf(value)
  return linesOf(Object.fromEntries(shows.values.map(([label, path]) => [label, first(path.get(value))])))
}

/** A path that can find several values gives them as a list: one of them is told as itself. */
const first = (found: unknown) => (Array.isArray(found) && found.length === 1 ? found[0] : found)
