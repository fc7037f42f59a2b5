/** What is to be known of a JSON Schema before its value can be sent in parts. */

import type { JsonSchema } from '../plan.ts'

/** `allOf` of plain objects is one object. */
export function flat(schema: JsonSchema): JsonSchema {
  const { allOf, ...own } = schema
  if (!Array.isArray(allOf)) return schema
  const parts = [own, ...(allOf as readonly JsonSchema[]).map(flat)]
  if (!parts.every((part) => Object.keys(part).every((key) => plain.includes(key)))) return schema
  return {
    ...own,
    type: 'object',
    properties: Object.fromEntries(parts.flatMap(({ properties }) => Object.entries(properties ?? {}))),
    required: [...new Set(parts.flatMap(({ required }) => (required ?? []) as readonly string[]))],
  }
}

const plain = ['type', 'properties', 'required', 'title', 'description', 'examples', 'additionalProperties']

/** The types that a value may be of, but for null; a text where nothing is said. */
export function kindsOf(schema: JsonSchema): ReadonlySet<string> {
  const said = [schema.type].flat().filter((type): type is string => typeof type === 'string' && type !== 'null')
  const choices = [schema.anyOf, schema.oneOf, schema.allOf].flat().filter((one) => one !== undefined)
  const kinds = said.length > 0 ? said : choices.flatMap((one) => [...kindsOf(one as JsonSchema)])
  return new Set(kinds.length === 0 ? ['string'] : kinds)
}
