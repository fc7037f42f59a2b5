/** Parts of a value as it was written. */

/** A map of it. */
export type Raw = Readonly<Record<string, unknown>>

/** Whether a value is a map. */
export function isMap(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A map, or an empty one where there is none. */
export function raw(value: unknown): Raw {
  return isMap(value) ? value : {}
}

/** A text, where it is one. */
export const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** A list, or an empty one where there is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The named keys that are present. The schema has checked their types, which is what makes the assertion hold. */
export function copy<K extends string>(from: Raw, keys: readonly K[]): { [P in K]?: never } {
  const out: Record<string, unknown> = {}
  for (const key of keys) if (from[key] !== undefined) out[key] = from[key]
  return out as { [P in K]?: never }
}

/** A key only where it has a value. */
export function optional<K extends string, T>(key: K, value: T | undefined): { [P in K]?: NonNullable<T> } {
  return (value === undefined || value === null ? {} : { [key]: value }) as { [P in K]?: NonNullable<T> }
}
