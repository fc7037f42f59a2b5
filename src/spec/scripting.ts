/** `management.scripting`, which governs every script of a capability (spec §4.4). */

import type { ScriptingPlan } from '../plan.ts'
import type * as doc from './document.ts'
import { scriptSteps } from './steps.ts'

/** Ours: 2 seconds where the reference has 60, because a script holds up its caller. */
const defaultTimeoutMs = 2_000
/** Loop turns and calls. More than the reference's 100,000 statements: the time is what protects us. */
const defaultTurns = 10_000_000

/** What the first control surface that has it says; undefined when none does and there is no script to govern. */
export function scriptingOf(document: doc.Document): ScriptingPlan | undefined {
  const [declared] = document.exposes.flatMap((s) => (s.type === 'control' && s.scripting ? [s.scripting] : []))
  if (declared === undefined && scriptSteps(document).length === 0) return undefined
  const { timeout, statementLimit, allowedLanguages = [], ...rest } = declared ?? {}
  return { ...rest, timeoutMs: timeout ?? defaultTimeoutMs, turns: statementLimit ?? defaultTurns, allowedLanguages }
}
