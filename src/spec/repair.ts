/** Parts of a raw value, changed at their place: nothing else is copied, and places stay true. */

import { child } from '../text/pointer.ts'
import { isMap, type Raw } from './raw.ts'

/** Tells that what was found is read as something else. */
export type Repair = (pointer: string, found: string, meant: string) => void

/** The value with every map at a path (`*` = each entry of a list or map) replaced by what `change` answers. */
export function within(
  value: unknown,
  path: string,
  pointer: string,
  change: (map: Raw, pointer: string) => unknown,
): unknown {
  return changed(value, path.split('/'), pointer, change)
}

function changed(
  value: unknown,
  [key, ...rest]: readonly string[],
  pointer: string,
  change: (map: Raw, pointer: string) => unknown,
): unknown {
  if (key === undefined) return isMap(value) ? change(value, pointer) : value
  const into = (name: string | number, v: unknown) => changed(v, rest, child(pointer, name), change)
  if (Array.isArray(value)) return key === '*' ? value.map((v, i) => into(i, v)) : value
  if (!isMap(value)) return value
  if (key === '*') return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, into(name, v)]))
  return Object.hasOwn(value, key) ? { ...value, [key]: into(key, value[key]) } : value
}

/** A map with other names for some keys, each told; a name that is taken already stays. */
export function renamed(map: Raw, names: Readonly<Record<string, string>>, pointer: string, repair: Repair): Raw {
  const entries = Object.entries(map).map(([key, value]) => {
    const meant = names[key]
    if (meant === undefined || meant in map) return [key, value] as const
    repair(child(pointer, key), key, meant)
    return [meant, value] as const
  })
  return Object.fromEntries(entries)
}

export function without(map: Raw, ...keys: readonly string[]): Raw {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)))
}
