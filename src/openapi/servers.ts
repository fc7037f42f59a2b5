/** Where an API is: servers of 3.x with their variables, host and base path of 2.0. */

import { isMap, list, type Raw, raw, text } from '../spec/raw.ts'
import type { Library } from './library.ts'
import type { Notes } from './notes.ts'

/** The address of the whole description, as it says it: it may be relative, or hold variables without a value. */
export function serverOf(library: Library, notes: Notes): string {
  const { root } = library
  const [first, ...others] = list(root.servers).filter(isMap)
  for (const { url } of others) notes.add('servers beside the first one', String(url))
  const host = text(root.host)
  if (host === undefined) return addressOf(first ?? { url: text(root.basePath) ?? '' }, library, notes)
  const schemes = list(root.schemes)
  const scheme = schemes.length === 0 || schemes.includes('https') ? 'https' : 'http'
  return `${scheme}://${host}${text(root.basePath) ?? ''}`
}

/** The address of the first server of an operation or its path; undefined = they name none. */
export function ownServerOf(item: Raw, operation: Raw, library: Library, notes: Notes): string | undefined {
  const [first] = list(operation.servers ?? item.servers).filter(isMap)
  return first === undefined ? undefined : addressOf(first, library, notes)
}

/** Variables stand at their defaults; what is relative is so to where the description is (OpenAPI 3.1 §4.8.5). */
function addressOf({ url, variables }: Raw, { root, base }: Library, notes: Notes): string {
  const given = text(url) ?? ''
  const address = given.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const { default: usual, enum: values } = raw(raw(variables)[name])
    const value = usual ?? list(values)[0]
    if (value === undefined) return whole
    notes.add('variables of servers, taken at their defaults', `${name} = ${String(value)} of ${given}`)
    return String(value)
  })
  const self = text(root.$self) ?? ''
  const from = /^https?:/i.test(self) ? self : base
  const isRelative = !/^https?:\/\//i.test(address)
  return isRelative && from.startsWith('http') && URL.canParse(address, from) ? new URL(address, from).href : address
}

/** The same without what no call needs; undefined = it can't be called. `beside` = what a relative one is relative to. */
export function callable(address: string, beside?: string): string | undefined {
  const full = beside !== undefined && URL.canParse(address, beside) ? new URL(address, beside).href : address
  const trimmed = full.replace(/\/+$/, '')
  if (!/^https?:\/\//i.test(trimmed) || /[{}]|%7B/i.test(trimmed) || !URL.canParse(trimmed)) return undefined
  const { origin, pathname } = new URL(trimmed)
  return `${origin}${pathname === '/' ? '' : pathname.replace(/\/+$/, '')}`
}
