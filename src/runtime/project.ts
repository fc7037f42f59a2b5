/** Applies a projection: the shape a capability declares, from what the upstream answered (spec §2.7). */

import type { Projection, ScalarType } from '../plan.ts'
import type { JsonPath } from '../text/json-path.ts'

/** The projected value. What a path does not find is null; a value of another type is converted when nothing is lost. */
export function project(projection: Projection, root: unknown): unknown {
  switch (projection.type) {
    case 'literal':
      return projection.value
    case 'scalar':
      return shorten(scalar(projection.as, one(projection.path, root)), projection.maxLength)
    case 'copy':
      return projection.as === 'array' ? many(projection.path, root) : objectOrNull(one(projection.path, root))
    case 'array': {
      const { items } = projection
      return many(projection.path, root)?.map((element) => project(items, element)) ?? null
    }
    case 'object':
      return projectObject(projection, root)
    case 'first':
      return first(projection.of, root)
    default:
      return projection satisfies never
  }
}

function projectObject(projection: Projection & { type: 'object' }, root: unknown): unknown {
  const base = projection.path === undefined ? root : one(projection.path, root)
  if (base === null && projection.path !== undefined) return null
  const out: Record<string, unknown> = {}
  for (const [name, p] of projection.properties) out[name] = project(p, base)
  return out
}

function first(of: readonly Projection[], root: unknown): unknown {
  for (const projection of of) {
    const value = project(projection, root)
    if (value !== null) return value
  }
  return null
}

function one(path: JsonPath, root: unknown): unknown {
  if (path.singular) return path.get(root) ?? null
  return path.select(root)[0] ?? null
}

function many(path: JsonPath, root: unknown): readonly unknown[] | null {
  if (!path.singular) return path.select(root)
  const value = path.get(root)
  return Array.isArray(value) ? value : null
}

function objectOrNull(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
}

export function scalar(as: ScalarType, value: unknown): string | number | boolean | null {
  switch (as) {
    case 'string':
      return asString(value)
    case 'boolean':
      return asBoolean(value)
    case 'number':
      return asNumber(value)
    case 'integer': {
      const number = asNumber(value)
      return Number.isInteger(number) ? number : null
    }
    default:
      return as satisfies never
  }
}

function asString(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function asBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  return value === 'true' ? true : value === 'false' ? false : null
}

function asNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

function shorten<T>(value: T, maxLength: number | undefined): T | string {
  return maxLength !== undefined && typeof value === 'string' ? value.slice(0, maxLength) : value
}
