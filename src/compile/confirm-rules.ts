/** Which calls of an operation a person is asked about: `confirm.when` of the companion file. */

import type { ConfirmRulePlan } from '../plan.ts'
import type { ConfirmRule } from '../spec/companion.ts'
import type { JsonPath } from '../text/json-path.ts'
import { child } from '../text/pointer.ts'
import type { Known } from './known.ts'
import { compilePath } from './readers.ts'
import { unknownName } from './scope.ts'

/** `names` = the inputs of the operation; `at` points at the list. A rule that can't be read is told, and left out. */
export function compileRules(
  rules: readonly ConfirmRule[],
  names: readonly string[],
  at: string,
  known: Known,
): readonly ConfirmRulePlan[] {
  return rules.flatMap((rule, i) => compileRule(rule, names, child(at, String(i)), known) ?? [])
}

/** The keys of each, in the order of the alphabet. */
const forms = ['count,over', 'over,value', 'is,value', 'present', 'first']

function compileRule(rule: ConfirmRule, names: readonly string[], at: string, known: Known) {
  const path = (key: 'count' | 'value' | 'present') => inputPath(String(rule[key]), names, child(at, key), known)
  const { over = 0 } = rule
  if (!forms.includes(Object.keys(rule).sort().join())) {
    const value = JSON.stringify(rule)
    known.reportCompanion('wrong-value', at, { value, rule: `must be one of {${forms.join('}, {')}}` })
    return undefined
  }
  if (rule.first === true) return { type: 'first' } as const
  if (rule.count !== undefined) return located(path('count'), (found) => ({ type: 'count', path: found, over }))
  if (rule.present !== undefined) return located(path('present'), (found) => ({ type: 'present', path: found }))
  const { is } = rule
  return located(path('value'), (found) =>
    is === undefined ? { type: 'value', path: found, over } : { type: 'is', path: found, value: is },
  )
}

function located(path: JsonPath | undefined, rule: (path: JsonPath) => ConfirmRulePlan): ConfirmRulePlan | undefined {
  return path && rule(path)
}

/** An input by its name, or a JSONPath into all of them. One that leads nowhere would never ask. */
function inputPath(text: string, names: readonly string[], at: string, known: Known): JsonPath | undefined {
  const [, dotted, quoted] = /^\$(?:\.([\w-]+)|\[['"]([^'"]+)['"]\])/.exec(text) ?? []
  const name = text.startsWith('$') ? (dotted ?? quoted) : text
  if (name !== undefined && !names.includes(name)) {
    known.reportCompanion('unknown-parameter', at, unknownName(name, names))
    return undefined
  }
  return compilePath(text.startsWith('$') ? text : pathTo(text), at, known)
}

/** As a person would write it, who is told. */
function pathTo(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `$.${name}` : `$[${JSON.stringify(name)}]`
}
