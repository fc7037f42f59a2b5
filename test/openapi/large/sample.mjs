/** A value that fits a JSON Schema, as far as its keywords tell; formats and patterns that are none of these may refuse it. */

const texts = {
  date: '2026-01-02',
  'date-time': '2026-01-02T03:04:05Z',
  time: '03:04:05Z',
  email: 'a@example.com',
  uri: 'https://example.com/a',
  uuid: '11111111-1111-4111-8111-111111111111',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  hostname: 'example.com',
  duration: 'PT1S',
  byte: 'aGVsbG8=',
}

/** What is required and nothing else. */
export function sampleOf(schema) {
  if (schema === undefined || typeof schema !== 'object') return 'a'
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum.find((one) => one !== null)
  if (schema.default !== undefined && schema.default !== null) return schema.default
  const [choice] = schema.oneOf ?? schema.anyOf ?? []
  const merged = Object.assign({}, schema, choice, ...(schema.allOf ?? []))
  const [type] = [merged.type].flat().filter((one) => one !== 'null')
  return typed(type ?? (merged.properties === undefined ? 'string' : 'object'), merged, schema)
}

function typed(type, merged, schema) {
  if (type === 'object') return objectOf(schema)
  if (type === 'array') return Array.from({ length: merged.minItems ?? 1 }, () => sampleOf(merged.items))
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return numberOf(merged)
  const [example] = merged.examples ?? []
  if (typeof example === 'string') return example
  if (merged.pattern !== undefined && new RegExp(merged.pattern).test(unfolded(merged.pattern)))
    return unfolded(merged.pattern)
  return (texts[merged.format] ?? 'a').padEnd(merged.minLength ?? 0, 'a').slice(0, merged.maxLength)
}

function numberOf({ minimum, exclusiveMinimum, maximum, multipleOf = 1 }) {
  const least = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + multipleOf)
  return least ?? (maximum === undefined ? multipleOf : Math.min(multipleOf, maximum))
}

function objectOf(schema) {
  const parts = [schema, ...(schema.allOf ?? []), ...(schema.oneOf ?? schema.anyOf ?? []).slice(0, 1)]
  const properties = Object.assign({}, ...parts.map((part) => part.properties))
  const required = [...new Set(parts.flatMap((part) => part.required ?? []))]
  return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name])]))
}

/** A text for patterns of letters and counted classes, as ids have them. */
function unfolded(pattern) {
  return pattern
    .replace(/^\^|\$$/g, '')
    .replace(/\[([^\]-])[^\]]*\]\{(\d+)[^}]*\}/g, (_, letter, count) => letter.repeat(Number(count)))
    .replace(/\\/g, '')
}
