/** Whether a rule of the companion file names a call, so that a person is asked about it. */

import { isDeepStrictEqual } from 'node:util'
import type { ConfirmRulePlan } from '../../plan.ts'
import type { Input } from '../evaluate.ts'

/** `wasBefore`: whether this caller was let through once. Rejects as that does. */
export async function isNamedBy(
  rules: readonly ConfirmRulePlan[],
  input: Input,
  wasBefore: () => Promise<boolean>,
): Promise<boolean> {
  if (rules.some((rule) => rule.type !== 'first' && isNamed(rule, input))) return true
  return rules.some(({ type }) => type === 'first') && !(await wasBefore())
}

function isNamed(rule: Exclude<ConfirmRulePlan, { readonly type: 'first' }>, input: Input): boolean {
  const found = rule.path.get(input)
  const values = found === undefined ? [] : [found].flat()
  switch (rule.type) {
    case 'count':
      return values.length > rule.over
    case 'value':
      return values.some((value) => isOver(value, rule.over))
    case 'is':
      return isDeepStrictEqual(found, rule.value) || values.some((value) => isDeepStrictEqual(value, rule.value))
    case 'present':
      return values.length > 0
    default:
      return rule satisfies never
  }
}

/** What is no number may be any amount in words, so somebody looks at it. */
function isOver(value: unknown, bound: number): boolean {
  if (typeof value === 'number') return !(value <= bound)
  return !(typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value) && Number(value) <= bound)
}
