/** Reads either dialect (lists of naftiko alpha1/alpha2, maps of ikanos alpha3 and later) into the one document. */

import type { Report } from '../../diagnostics.ts'
import type * as doc from '../document.ts'
import { copy, list, optional, type Raw, raw, text } from '../raw.ts'
import { consumes } from './consumes.ts'
import { exposes } from './exposes.ts'
import { aggregate } from './flows.ts'
import { createReader } from './reader.ts'

/** Reads a value that our schema accepts. Duplicate names of lists are reported; the first one is kept. */
export function readDocument(value: unknown, report: Report): doc.Document {
  const root = value as Raw
  const capability = raw(root.capability)
  const info = raw(root.info)
  const reader = createReader(report)
  return {
    format: 'ikanos' in root ? `ikanos ${String(root.ikanos)}` : `naftiko ${String(root.naftiko)}`,
    info: {
      ...copy(info, ['description', 'version', 'created', 'modified']),
      ...optional('display', text(info.display ?? info.label ?? info.title)),
      tags: list(info.tags) as readonly string[],
    },
    binds: [
      ...reader.section(root.binds, '/binds', binding),
      ...reader.section(capability.binds, '/capability/binds', binding),
    ],
    consumes: reader.section(capability.consumes, '/capability/consumes', consumes),
    aggregates: reader.section(capability.aggregates, '/capability/aggregates', aggregate),
    exposes: reader.section(capability.exposes, '/capability/exposes', exposes),
  }
}

function binding(entry: Raw, pointer: string): doc.Binding {
  return {
    pointer,
    namespace: String(entry.namespace),
    ...copy(entry, ['location']),
    keys: new Map(Object.entries(raw(entry.keys)).map(([variable, key]) => [variable, String(key)])),
  }
}
