/** Rewrites a capability from the map form (ikanos) to the list form (naftiko alpha2): a raw rewrite that keeps faults. */

type Raw = Record<string, unknown>

const collections = new Set([
  'inputParameters',
  'resources',
  'operations',
  'tools',
  'flows',
  'skills',
  'properties',
  'steps',
  'prompts',
  'arguments',
])

/** Spellings that the older dialect has of its own. */
const spellings: Readonly<Record<string, string>> = { display: 'label', flows: 'functions' }

/** The same capability as a value in the list form. */
export function listForm(value: unknown): unknown {
  const { ikanos, ...rest } = value as Raw
  return { ...(ikanos === undefined ? {} : { naftiko: '1.0.0-alpha2' }), ...(rewrite(rest) as Raw) }
}

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite)
  if (!isRaw(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [spellings[key] ?? key, collections.has(key) ? named(v) : rewrite(v)]),
  )
}

function named(collection: unknown): unknown {
  if (!isRaw(collection)) return rewrite(collection)
  return Object.entries(collection).map(([name, item]) => ({
    name,
    ...(isRaw(item) ? (rewrite(item) as Raw) : { item }),
  }))
}

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
