import type { ExposedOperation, Exposes, Tool } from '../../spec/document.ts'
import { child } from '../../text/pointer.ts'
import type { Rule } from './rule.ts'

/** A unit with `ref` runs the flow: what it says of a run of its own is not run (spec §4.1). */
export const refRunsAlone: Rule = ({ document, report }) => {
  for (const surface of document.exposes) {
    for (const { unit, pointer } of unitsOf(surface)) {
      if (unit.ref === undefined) continue
      for (const key of ['call', 'steps', 'mappings'] as const)
        if (unit[key] !== undefined) report('ignored-by-ref', child(pointer, key), { key })
    }
  }
}

interface Placed {
  readonly unit: ExposedOperation | Tool
  readonly pointer: string
}

function unitsOf(surface: Exposes): readonly Placed[] {
  if (surface.type === 'mcp') return placed(surface.tools, child(surface.pointer, 'tools'))
  if (surface.type !== 'rest') return []
  const at = child(surface.pointer, 'resources')
  return [...surface.resources].flatMap(([name, { operations }]) =>
    placed(operations, child(child(at, name), 'operations')),
  )
}

function placed(units: ReadonlyMap<string, Placed['unit']>, at: string): readonly Placed[] {
  return [...units].map(([name, unit]) => ({ unit, pointer: child(at, name) }))
}
