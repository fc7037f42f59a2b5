/** The values that the grammar speaks of: which ones fit, and what is asked for in words. */

import { isMap } from '../raw.ts'

export interface ValueRule {
  /** What is asked for, as the subject of "… is asked for here". */
  readonly says: string
  readonly takes: (value: unknown) => boolean
}

const label = '[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const isHost = matches(new RegExp(`^${label}(\\.${label})*$`))
const isIpv6 = matches(/^([0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}$/)
const isUri = matches(/^[a-z][a-z0-9+.-]*:([\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})*$/i)

const values: Readonly<Record<string, ValueRule>> = {
  any: { says: 'anything', takes: () => true },
  given: { says: 'a value', takes: (v) => v !== null },
  text: { says: 'text', takes: isText },
  word: { says: 'text that is not empty', takes: (v) => isText(v) && v !== '' },
  flag: { says: 'true or false', takes: (v) => typeof v === 'boolean' },
  number: { says: 'a number', takes: (v) => typeof v === 'number' },
  integer: { says: 'a whole number', takes: Number.isInteger },
  share: { says: 'a number from 0 to 1', takes: (v) => typeof v === 'number' && v >= 0 && v <= 1 },
  list: { says: 'a list', takes: Array.isArray },
  unlisted: { says: 'anything but a list', takes: (v) => !Array.isArray(v) },
  map: { says: 'a map', takes: isMap },
  kebab: { says: 'a name of letters, digits and hyphens', takes: matches(/^[a-zA-Z0-9-]+$/) },
  extended: { says: 'a name of letters, digits, "-", "_" and "*"', takes: matches(/^[a-zA-Z0-9\-_*]+$/) },
  variable: { says: 'a name in capitals such as API_KEY', takes: matches(/^[A-Z][A-Z0-9_]*$/) },
  reference: {
    says: 'a reference of two names with letters, digits and hyphens, such as notes.get-note,',
    takes: matches(/^[a-zA-Z0-9-]+\.[a-zA-Z0-9-]+$/),
  },
  target: { says: 'a name of letters, digits, "-", "_" and "."', takes: matches(/^[a-zA-Z0-9\-_.]+$/) },
  date: {
    says: 'a date such as 2026-01-31',
    takes: matches(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/),
  },
  email: { says: 'an e-mail address', takes: matches(/^[\w.%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$/) },
  host: { says: 'a host name or an IP address', takes: (v) => isHost(v) || isIpv6(v) },
  base: {
    says: 'an address that starts with http:// or https:// and a host, and has no variable in its path,',
    takes: matches(/^https?:\/\/[^/]+(\/[^{]*)?$/),
  },
  location: {
    says: 'an address that starts with a scheme such as file://',
    takes: matches(/^[a-z][a-z0-9+.-]*:\/\//i),
  },
  uri: { says: 'a URI such as https://auth.acme.test', takes: isUri },
  file: { says: 'a URI that starts with file:///', takes: (v) => isUri(v) && String(v).startsWith('file:///') },
  size: { says: 'a size such as 10MiB', takes: matches(/^\d+(\.\d+)?(B|KiB|MiB|GiB)$/) },
  media: {
    says: 'a media type such as text/csv',
    takes: matches(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;\s*[\w!#$&^.+-]+=([\w!#$&^.+-]+|"[^"]*"))*$/),
  },
  status: { says: 'a status such as 200 or 4XX', takes: matches(/^[1-5][0-9X]{2}$/) },
}

/** The rule of a name, a choice `=a|b`, a range of whole numbers `1..9`, or a longest text `..9`. */
export function valueRule(text: string): ValueRule | undefined {
  if (text.startsWith('=')) return choice(text.slice(1).split('|'))
  const [, from, to] = /^(\d*)\.\.(\d*)$/.exec(text) ?? []
  if (from === undefined || to === undefined) return values[text]
  return from === '' ? atMost(Number(to)) : range(Number(from), to === '' ? Number.POSITIVE_INFINITY : Number(to))
}

function choice(options: readonly string[]): ValueRule {
  const says = options.length === 1 ? `"${options[0]}"` : `one of ${options.join(', ')}`
  return { says, takes: (v) => isText(v) && options.includes(v) }
}

function range(from: number, to: number): ValueRule {
  const says = to === Number.POSITIVE_INFINITY ? `of at least ${from}` : `from ${from} to ${to}`
  return { says: `a whole number ${says}`, takes: (v) => Number.isInteger(v) && Number(v) >= from && Number(v) <= to }
}

/** Characters are counted as the schemas count them, by code point. */
function atMost(length: number): ValueRule {
  return { says: `text of at most ${length} characters`, takes: (v) => isText(v) && [...v].length <= length }
}

function matches(pattern: RegExp): (value: unknown) => boolean {
  return (value) => isText(value) && pattern.test(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
