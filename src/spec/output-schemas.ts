/** The schema files of answers in Avro and Protobuf, read into the document when it is loaded (spec §2.6). */

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Report } from '../diagnostics.ts'
import { child } from '../text/pointer.ts'
import type * as doc from './document.ts'

/** Whether `outputSchema` names a file. */
export function namesSchemaFile(format: unknown): boolean {
  return format === 'avro' || format === 'protobuf'
}

/** The document with the text of each schema file in place of its path, which is relative to the capability file. */
export async function readOutputSchemas(
  document: doc.Document,
  directory: string,
  report: Report,
): Promise<doc.Document> {
  if (!document.consumes.some(usesSchemas)) return document
  const consumes = await Promise.all(document.consumes.map((api) => readApi(api, directory, report)))
  return { ...document, consumes }
}

function usesSchemas({ resources }: doc.Consumes): boolean {
  const operations = [...resources.values()].flatMap((resource) => [...resource.operations.values()])
  return operations.some((operation) => namesSchemaFile(operation.outputRawFormat))
}

async function readApi(api: doc.Consumes, directory: string, report: Report): Promise<doc.Consumes> {
  const resources = await mapped(api.resources, async (resource, name) => {
    const at = child(child(child(api.pointer, 'resources'), name), 'operations')
    const read = (operation: doc.ConsumedOperation, own: string) =>
      readSchema(operation, directory, report, child(at, own))
    return { ...resource, operations: await mapped(resource.operations, read) }
  })
  return { ...api, resources }
}

async function mapped<T>(named: doc.Named<T>, to: (value: T, name: string) => Promise<T>): Promise<doc.Named<T>> {
  return new Map(await Promise.all([...named].map(async ([name, value]) => [name, await to(value, name)] as const)))
}

async function readSchema(operation: doc.ConsumedOperation, directory: string, report: Report, pointer: string) {
  const { outputRawFormat, outputSchema } = operation
  if (!namesSchemaFile(outputRawFormat)) return operation
  if (outputSchema === undefined) {
    report('missing-key', pointer, { name: 'outputSchema' })
    return operation
  }
  const text = await readFile(resolve(directory, outputSchema), 'utf8').catch(() => undefined)
  if (text !== undefined) return { ...operation, outputSchema: text }
  report('missing-schema', child(pointer, 'outputSchema'), { path: outputSchema })
  const { outputSchema: _, ...rest } = operation
  return rest
}
