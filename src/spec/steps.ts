/** Reads the steps and mappings of a unit, which the schema has checked (spec §4.2, §4.5). */

import type { Json } from '../plan.ts'
import { child } from '../text/pointer.ts'
import type * as doc from './document.ts'
import type { Raw } from './raw.ts'

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
        ...(item.file === undefined ? {} : { file: String(item.file) }),
        ...(item.source === undefined ? {} : { source: String(item.source) }),
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

/** Every script step of a document with its pointer. */
export function scriptSteps(document: doc.Document): readonly { pointer: string; step: doc.ScriptStep }[] {
  const flows = document.aggregates.flatMap((a) => unitsOf(a.flows, child(a.pointer, 'flows')))
  const exposed = document.exposes.flatMap((surface) => {
    if (surface.type === 'mcp')
      return (['tools', 'resources'] as const).flatMap((key) => unitsOf(surface[key], child(surface.pointer, key)))
    if (surface.type !== 'rest') return []
    const at = child(surface.pointer, 'resources')
    return [...surface.resources].flatMap(([name, r]) => unitsOf(r.operations, child(child(at, name), 'operations')))
  })
  return [...flows, ...exposed].flatMap(({ unit, pointer }) =>
    [...(unit.steps ?? [])].flatMap(([name, step]) =>
      step.type === 'script' ? [{ pointer: child(child(pointer, 'steps'), name), step }] : [],
    ),
  )
}

/** Locations of the scripts of a document, as they are written. */
export function scriptFolders(document: doc.Document): readonly string[] {
  const control = document.exposes.find((surface) => surface.type === 'control' && surface.scripting !== undefined)
  const fallback = control?.type === 'control' ? control.scripting?.defaultLocation : undefined
  const written = scriptSteps(document).flatMap(({ step }) => step.location ?? fallback ?? [])
  return [...new Set(written)]
}

function unitsOf(units: doc.Named<doc.Unit>, at: string) {
  return [...units].map(([name, unit]) => ({ unit, pointer: child(at, name) }))
}
