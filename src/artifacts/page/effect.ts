/** What a call does to what is there: the one thing to know before making it. */

import type { Method, OperationPlan, RunPlan, ToolAnnotations } from '../../plan.ts'

/** `safe` changes nothing, `deletes` may destroy something (DELETE, or the hint `destructive`), all else `changes`. */
export type Effect = 'safe' | 'changes' | 'deletes'

/** What a hint says before what the semantics say before what the methods mean. */
export function effectOf(
  { semantics, run }: OperationPlan,
  methods: readonly Method[],
  hints: readonly ToolAnnotations[],
): Effect {
  const called = requestsOf(run).map(({ method }) => method)
  if (hints.some((hint) => hint.destructiveHint === true)) return 'deletes'
  if (semantics.safe === true || hints.some((hint) => hint.readOnlyHint === true)) return 'safe'
  if ([...methods, ...called].includes('DELETE')) return 'deletes'
  return semantics.safe === undefined && called.every((method) => reading.includes(method)) ? 'safe' : 'changes'
}

const reading: readonly Method[] = ['GET', 'HEAD', 'OPTIONS']

/** The upstream requests that a run sends. */
export function requestsOf(run: RunPlan) {
  if (run.type === 'steps') return run.steps.flatMap((step) => (step.type === 'call' ? [step.request] : []))
  return run.type === 'call' ? [run.request] : []
}
