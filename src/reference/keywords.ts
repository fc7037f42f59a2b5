/** The keywords of the format: what of it runs, what is only checked, what is not supported, and which dialect has it. */

import { grammar } from '../spec/grammar/grammar.ts'
import { type Row, rowsOf, typesOf } from '../spec/grammar/notation.ts'
import { inertKeywords } from '../spec/inert.ts'
import { notRun, notRunValues } from '../spec/unsupported.ts'
import { codes, table } from './markdown.ts'
import { placesOf } from './places.ts'

interface Unit {
  readonly name: string
  readonly runs: readonly string[]
  readonly checked: readonly string[]
}

/** Units that only tell the rewriting of outputs what it may meet. */
const notations = ['output', 'namedOutput']

/** Every unit of the grammar with its keywords; those that are alike are one. */
export function keywordsText(): string {
  const places = placesOf()
  const rows = merged().map(({ name, runs, checked }) => [
    name,
    codes([places.get(name.split(' ')[0] ?? '') || '.']),
    runs.join(', ') || '–',
    checked.join(', '),
  ])
  return `${table(['part', 'where first', 'runs', 'checked only'], rows)}\nNot supported, and refused where it stands: ${notRun.join('; ')}.\n`
}

/** What can be chosen where the format leaves a choice, and what of it does not run: the short form. */
export function keywordsInShort(): string {
  const rows = choices.map(([what, values]) => {
    const runs = values.filter((value) => !notRunValues.includes(value))
    return [what, codes(runs), codes(values.filter((value) => notRunValues.includes(value)))]
  })
  return table(
    ['what', 'runs', 'refused'],
    [...rows, ['tunnels', 'with `fallback: direct`, without the tunnel', 'any other']],
  )
}

const choices: readonly (readonly [what: string, values: readonly string[]])[] = [
  ['surfaces', typesOf('exposes')],
  ['steps of a flow', typesOf('step')],
  ['languages of scripts', valuesOf('step script', 'language')],
  ['parameters of a called API in', valuesOf('consumedInput', 'in')],
  ['its bodies', typesOf('body')],
  ['its answers', valuesOf('consumedOperation', 'outputRawFormat')],
  ['authentication, of either side', typesOf('authentication')],
  ['parameters of REST in', valuesOf('exposedInput', 'in')],
]

/** What a key of a unit can be, where it is one of several. */
function valuesOf(unit: string, key: string): readonly string[] {
  const row = rowsOf(unit)?.find(({ spellings }) => spellings.includes(key))
  return row?.values.beta5.replace('=', '').split('|') ?? []
}

function unitsOf(): readonly Unit[] {
  const names = Object.keys(grammar).filter((name) => !notations.includes(name))
  return names.map((name) => {
    const inert = inertKeywords[name] ?? []
    const rows = (rowsOf(name) ?? []).filter(({ spellings }) => !spellings.includes('@'))
    const isInert = ({ spellings }: Row) => spellings.some((one) => inert.includes(one))
    return {
      name,
      runs: [...new Set(rows.filter((row) => !isInert(row)).map((row) => shown(row, rows)))],
      checked: rows.filter(isInert).map((row) => shown(row, rows)),
    }
  })
}

/** Variants that have the same keywords share a row. */
function merged(): readonly Unit[] {
  const rows = new Map<string, Unit>()
  for (const unit of unitsOf()) {
    const [group = '', type] = unit.name.split(' ')
    const key = JSON.stringify([group, unit.runs, unit.checked])
    const before = rows.get(key)
    rows.set(key, before === undefined ? unit : { ...before, name: `${before.name}, ${type}` })
  }
  return [...rows.values()]
}

/** A keyword as the newer dialect has it, with what the older one calls it; one that only one of them has says so. */
function shown({ names: { beta5, alpha2 } }: Row, all: readonly Row[]): string {
  const name = codes([beta5 ?? alpha2 ?? ''])
  const isTwice = all.filter(({ names }) => [names.beta5, names.alpha2].includes(beta5 ?? alpha2)).length > 1
  if (isTwice) return name
  if (alpha2 === undefined) return `${name} (maps)`
  if (beta5 === undefined) return `${name} (lists)`
  return beta5 === alpha2 ? name : `${name} (lists: ${codes([alpha2])})`
}
