/** Lookup steps: entries of an earlier output by a key (spec §4.3). */

import { OperationError } from '../errors.ts'
import type { LookupStepPlan } from '../plan.ts'

type Entry = Readonly<Record<string, unknown>>

/**
 * The fields of the first entry whose `match` is the key. Several keys give a list in their order, those without an entry
 * left out. Undefined when there is no entry. Compared as text, so 1 is "1". Throws OperationError when the index step
 * answered nothing.
 */
export function lookUp(step: LookupStepPlan, index: unknown, key: unknown): unknown {
  if (index === undefined) {
    const why = `"${step.index}" answered nothing to look up in`
    throw new OperationError('unmappable-output', `step "${step.name}": ${why}`)
  }
  const entries = (Array.isArray(index) ? index : [index]).filter(isEntry)
  if (!Array.isArray(key)) {
    const text = textOf(key)
    const found = text === undefined ? undefined : entries.find((entry) => matchOf(entry, step) === text)
    return found && fieldsOf(found, step)
  }
  const byText = firstByText(entries, step)
  const found = key.flatMap((one) => {
    const entry = byText.get(textOf(one))
    return entry === undefined ? [] : [fieldsOf(entry, step)]
  })
  return found.length === 0 ? undefined : found
}

function firstByText(entries: readonly Entry[], step: LookupStepPlan): ReadonlyMap<string | undefined, Entry> {
  const byText = new Map<string, Entry>()
  for (const entry of entries) {
    const text = matchOf(entry, step)
    if (text !== undefined && !byText.has(text)) byText.set(text, entry)
  }
  return byText
}

function matchOf(entry: Entry, { match }: LookupStepPlan): string | undefined {
  return Object.hasOwn(entry, match) ? textOf(entry[match]) : undefined
}

/** How a key is compared; an object or a list is no key. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'object' && value !== null)) return undefined
  return String(value)
}

function fieldsOf(entry: Entry, { fields }: LookupStepPlan): Entry {
  return Object.fromEntries(fields.map((field) => [field, Object.hasOwn(entry, field) ? (entry[field] ?? null) : null]))
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
