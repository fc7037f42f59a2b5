/** Reads the steps and mappings of a unit, which the schema has checked (spec §4.2, §4.5). */

import type { Json } from '../plan.ts'
import type * as doc from './document.ts'

type Raw = Readonly<Record<string, unknown>>

/** One step. */
export function readStep(item: Raw): doc.Step {
  switch (item.type) {
    case 'call':
      return { type: 'call', call: String(item.call), with: withOf(item) }
    case 'lookup':
      return {
        type: 'lookup',
        index: String(item.index),
        match: String(item.match),
        lookupValue: String(item.lookupValue),
        outputParameters: item.outputParameters as readonly string[],
      }
    default:
      return {
        type: 'script',
        file: String(item.file),
        ...(item.language === undefined ? {} : { language: String(item.language) }),
        ...(item.location === undefined ? {} : { location: String(item.location) }),
        dependencies: (item.dependencies ?? []) as readonly string[],
        with: withOf(item),
      }
  }
}

/** The mappings of a unit; `targetName` is the spelling of `target` before 1.0.0-alpha3. */
export function readMappings(value: unknown): readonly doc.StepMapping[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.map((item: Raw) => ({ target: String(item.target ?? item.targetName), value: String(item.value) }))
}

function withOf(item: Raw): doc.Named<Json> {
  return new Map(Object.entries((item.with ?? {}) as Readonly<Record<string, Json>>))
}
