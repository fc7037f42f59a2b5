/** Whether a rule of the companion file names a call, so that a person is asked about it. */

import { isDeepStrictEqual } from 'node:util'
import type { ConfirmRulePlan } from '../../plan.ts'
import type { Input } from '../evaluate.ts'

/**
 * Why a person is asked, as they are told; undefined = nobody is. `wasBefore`: whether this caller was let through once.
 * Rejects as that does.
 */
export async function reasonToAsk(
  rules: readonly ConfirmRulePlan[],
  input: Input,
  wasBefore: () => Promise<boolean>,
): Promise<string | undefined> {
  const named = rules.flatMap((rule) => (rule.type === 'first' ? [] : (reasonOf(rule, input) ?? [])))
  if (named[0] !== undefined) return named[0]
  const isFirst = rules.some(({ type }) => type === 'first') && !(await wasBefore())
  return isFirst ? 'it is the first call of this caller' : undefined
}

function reasonOf(rule: Exclude<ConfirmRulePlan, { readonly type: 'first' }>, input: Input): string | undefined {
  const { path, type } = rule
  const found = path.get(input)
  const values = found === undefined ? [] : [found].flat()
  const told = (isSo: boolean, what: string) => (isSo ? `${path.source} ${what}` : undefined)
  switch (type) {
    case 'count':
      return told(values.length > rule.over, `finds ${values.length}, more than ${rule.over}`)
    case 'value':
      return told(
        values.some((value) => isOver(value, rule.over)),
        `is above ${rule.over}, or no number`,
      )
    case 'is':
      return told(
        [found, ...values].some((value) => isDeepStrictEqual(value, rule.value)),
        `is ${JSON.stringify(rule.value)}`,
      )
    case 'present':
      return told(values.length > 0, 'is given')
    default:
      return type satisfies never
  }
}

/** What is no number may be any amount in words, so somebody looks at it. */
function isOver(value: unknown, bound: number): boolean {
  if (typeof value === 'number') return !(value <= bound)
  return !(typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value) && Number(value) <= bound)
}
