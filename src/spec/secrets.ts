/** Where a capability file holds secrets in plain text, whether or not it is valid: nothing that is printed shows them. */

import { type Document, isAlias, isMap, isPair, isScalar, type Pair, type Scalar, visit, type YAMLMap } from 'yaml'
import type { Range } from '../text/mask.ts'

/** Keys whose value is a secret wherever they stand. */
const secretKey = /^(password|passwd|token|(access|auth|bearer)[-_]?token|client[-_]?secret|secret|api[-_]?key)$/i
/** Headers, query parameters and cookies that say who calls. */
const credentialName =
  /^((proxy-)?authorization|cookie|x-auth-token|(x-?)?(api|auth|access)[-_]?(key|token)|token|client[-_]?secret)$/i
const credentialPlaces = ['header', 'query', 'cookie']
const userInfo = /\bhttps?:\/\/([^\s/@{}]+)@/g

/** Whether a header, query parameter or cookie says who calls. */
export function isCredential(place: unknown, name: string): boolean {
  return typeof place === 'string' && credentialPlaces.includes(place) && credentialName.test(name)
}

/** Whether a value is written out: not empty, and no placeholder that stands for it. */
export function isPlain(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value !== '' && !/\{\{|^\$(env\.|\{|$)/.test(value))
}

/** Whether an address says who calls. */
export function holdsCredentials(address: string): boolean {
  return [...address.matchAll(userInfo)].length > 0
}

/** Without the secrets that a text holds, where it quotes them; what is shorter than four characters says nothing. */
export function withoutSecrets(text: string, values: readonly string[]): string {
  return values
    .filter((value) => value.length >= 4)
    .reduce((rest, value) => rest.replaceAll(value, '***').replaceAll(value.slice(0, quoted), '***'), text)
}

/** How much of a long value a message quotes at least. */
const quoted = 50

/** Secrets of a parsed text. `ranges` = where they stand; `values` = what may not be quoted. */
export interface Secrets {
  readonly ranges: readonly Range[]
  readonly values: readonly string[]
}

/** The secrets of a text. One that is not well-formed is read line by line too, and then rather too much is hidden. */
export function secretsOf(text: string, document: Document | undefined): Secrets {
  const scalars = document === undefined ? [] : secretScalars(document)
  const broken = document === undefined || document.errors.length > 0
  const inLines = broken ? secretLines(text) : []
  const inAddresses = [...text.matchAll(userInfo)].map((match): Range => {
    const end = match.index + match[0].length - 1
    return [end - (match[1]?.length ?? 0), end]
  })
  const written = [...inLines, ...inAddresses]
  const words = written.flatMap(([start, end]) => text.slice(start, end).split(/[\s"'{},[\]]+/))
  return {
    ranges: [...scalars.flatMap(({ range }) => (range ? [[range[0], range[1]] as const] : [])), ...written],
    values: [...scalars.map(({ value }) => String(value)), ...words],
  }
}

function secretScalars(document: Document): readonly Scalar[] {
  const found: Scalar[] = []
  visit(document, {
    Pair: (_, pair, path) => {
      const value = isAlias(pair.value) ? pair.value.resolve(document) : pair.value
      if (isScalar(value) && isPlain(value.value) && isSecret(pair, path)) found.push(value)
    },
  })
  return found
}

/** `path` leads from the document to the map that holds the pair. */
function isSecret(pair: Pair, path: readonly unknown[]): boolean {
  const key = keyOf(pair)
  const [above, map] = [keyOf(path.at(-2)), path.at(-1)]
  // What stands there are names of variables, not their values.
  if (above === 'keys' || !isMap(map)) return false
  if (secretKey.test(key) || key === 'authentication' || key === 'auth') return true
  return key === 'value' && (isAuthentication(above, map) || isCredential(map.get('in'), nameOf(above, map)))
}

const isAuthentication = (key: string, map: YAMLMap) =>
  key === 'authentication' || key === 'auth' || /^(api[-_]?key|bearer)$/i.test(textIn(map, 'type') ?? '')

const nameOf = (key: string, map: YAMLMap) => textIn(map, 'name') ?? key

/** What stands there may be a map or a list, and one that can't be read. */
function textIn(map: YAMLMap, key: string): string | undefined {
  const value = map.get(key)
  return typeof value === 'string' ? value : undefined
}

const keyOf = (pair: unknown) => (isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : '')

const secretNames = `${secretKey.source}|${credentialName.source}`.replaceAll('^', '').replaceAll('$', '')
const secretLine = new RegExp(
  `(?<![\\w-])(?:${secretNames}|value)["']?[ \\t]*:[ \\t]*["']?(?!\\{\\{|[\\s$|>{[])(.+)$`,
  'gim',
)

/** What stands behind a key that may hold a secret, to the end of its line. */
function secretLines(text: string): readonly Range[] {
  return [...text.matchAll(secretLine)].map((match): Range => {
    const end = match.index + match[0].length
    return [end - (match.at(-1)?.length ?? 0), end]
  })
}
