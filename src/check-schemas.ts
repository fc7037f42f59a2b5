/** Whether the schemas of answers can be read: what a call would need them for shows when the file is validated (spec §2.6). */

import type { Report } from './diagnostics.ts'
import type * as doc from './spec/document.ts'
import { child } from './text/pointer.ts'
import { strayPlaceholder } from './text/template.ts'

/** Reports each `outputSchema` that its format can't use. What reads a format is loaded only where one names a schema. */
export async function checkSchemas({ consumes }: doc.Document, report: Report): Promise<void> {
  for (const { pointer, operation } of consumes.flatMap(operationsOf)) {
    const { outputRawFormat: format, outputSchema: schema } = operation
    if (schema === undefined || !isChecked(format) || strayPlaceholder(schema) !== undefined) continue
    const { schemaFault } = await import('./runtime/formats/formats.ts')
    const detail = await schemaFault({ format, schema })
    if (detail !== undefined) report('bad-schema', child(pointer, 'outputSchema'), { detail, format })
  }
}

const checked = ['html', 'avro', 'protobuf'] as const

function isChecked(format: doc.ConsumedOperation['outputRawFormat']): format is (typeof checked)[number] {
  return checked.some((name) => name === format)
}

function operationsOf({ pointer, resources }: doc.Consumes) {
  return [...resources].flatMap(([name, { operations }]) => {
    const at = child(child(child(pointer, 'resources'), name), 'operations')
    return [...operations].map(([own, operation]) => ({ pointer: child(at, own), operation }))
  })
}
