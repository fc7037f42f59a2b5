/** Where in a capability the units of the grammar stand. */

import { grammar } from '../spec/grammar/grammar.ts'
import { type Rule, rowsOf, ruleOf, typesOf, waysOf } from '../spec/grammar/notation.ts'

/** A unit, or what all variants of one have in common, at a path. */
interface Place {
  readonly unit: string
  /** Names with dots between them; `<name>` = any name, `[]` = each of a list. */
  readonly path: string
}

/** By unit, the shortest path to one in the newer dialect. Below the root first what `capability` holds. */
export function placesOf(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const start of [
    { unit: 'capability', path: 'capability' },
    { unit: 'root', path: '' },
  ]) {
    const open: Place[] = [start]
    for (let place = open.shift(); place !== undefined; place = open.shift()) {
      if (found.has(place.unit)) continue
      found.set(place.unit, place.path)
      open.push(...below(place))
    }
  }
  return found
}

function below({ unit, path }: Place): readonly Place[] {
  const prefix = path === '' || path === 'capability' ? '' : `${path}.`
  const variants = grammar[unit] === undefined ? typesOf(unit).map((type) => `${unit} ${type}`) : [unit]
  return variants.flatMap((name) => {
    const rows = (rowsOf(name) ?? []).flatMap(({ names: { beta5 }, values }) =>
      beta5 === undefined ? [] : unitsIn(ruleOf(values.beta5), `${prefix}${beta5}`),
    )
    const { any = [], one = [] } = grammar[name] ?? {}
    const held = waysOf([...any, ...one], 'beta5').flatMap(({ holds }) => holds)
    return [...rows, ...held.flatMap(([key, rule]) => unitsIn(rule, `${prefix}${key}`))]
  })
}

function unitsIn(rule: Rule, path: string): readonly Place[] {
  switch (rule.is) {
    case 'value':
      return []
    case 'unit':
      return [{ unit: rule.unit, path }]
    case 'either':
      return rule.of.flatMap((one) => unitsIn(one, path))
    default:
      return unitsIn(rule.of, rule.is === 'list' ? `${path}[]` : `${path}.<name>`)
  }
}
