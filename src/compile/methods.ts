import type { OperationPlan } from '../plan.ts'

/** Methods of the upstream requests that a run sends. */
export function calledMethods(run: OperationPlan['run']): readonly string[] {
  if (run.type === 'steps') return run.steps.flatMap((step) => (step.type === 'call' ? [step.request.method] : []))
  return run.type === 'call' ? [run.request.method] : []
}
