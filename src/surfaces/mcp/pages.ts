/** Lists in pages (2026-07-28, Pagination): cut once, however often they are asked for. */

import { createHash } from 'node:crypto'

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Opaque; absent on the last page. */
  readonly nextCursor?: string
}

/** The page at a cursor, the first one without; undefined for a cursor of another list. */
export type Pages<T> = (cursor?: string) => Page<T> | undefined

/** Entries on a page. */
export const pageSize = 100

/** A cursor names its list by content: after a change it is of another list, and nothing is skipped or told twice. */
export function paged<T>(list: readonly T[]): Pages<T> {
  const digest = createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 12)
  const count = Math.max(1, Math.ceil(list.length / pageSize))
  const pages = new Map<string | undefined, Page<T>>()
  for (let i = 0; i < count; i += 1) {
    const items = list.slice(i * pageSize, (i + 1) * pageSize)
    pages.set(i === 0 ? undefined : cursorOf(i), i + 1 < count ? { items, nextCursor: cursorOf(i + 1) } : { items })
  }
  return (cursor) => pages.get(cursor)

  function cursorOf(page: number) {
    return `${digest}-${page}`
  }
}
