/** YAML text -> a source: its value, its tree and its line table, which turn a JSON Pointer into a line and a column. */

import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  type Scalar,
  visit,
} from 'yaml'
import { type Diagnostic, diagnostic, type Location } from '../diagnostics.ts'
import { codeframe } from '../text/codeframe.ts'
import { type Masked, masked } from '../text/mask.ts'
import { pointerKeys } from '../text/pointer.ts'
import { type Secrets, secretsOf, withoutSecrets } from './secrets.ts'
import type { Source } from './source.ts'
import { withoutEchoes, yamlFault } from './yaml-faults.ts'

export const limits = { bytes: 5 * 1024 * 1024, depth: 100, aliases: 1000 } as const

/** Keys that stand twice, told of one file. */
const maxErrors = 5

/** Parses YAML 1.2. Answers the source, or the diagnostics that say why there is none. */
export function parseSource(file: string, text: string): Source | readonly Diagnostic[] {
  const start: Location = { file, pointer: '', line: 1, column: 1 }
  const bytes = Buffer.byteLength(text)
  if (bytes > limits.bytes) return [diagnostic('file-too-large', start, { bytes, limit: limits.bytes })]
  const lineCounter = new LineCounter()
  const at = (offset: number, pointer: string): Location => {
    const { line, col } = lineCounter.linePos(offset)
    return { file, pointer, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const tokens = tokensOf(text, lineCounter)
  if ('tooDeepAt' in tokens) return [diagnostic('too-deep', at(tokens.tooDeepAt, ''), { limit: limits.depth })]
  const [document, second] = [
    ...new Composer({ merge: true, uniqueKeys: false, logLevel: 'error' }).compose(tokens, true, text.length),
  ]
  const { frame, hide } = veiled(text, document)
  const refused = (detail: string, remedy: string, offset: number) => {
    const location = at(offset, '')
    return diagnostic('yaml-syntax', location, { detail: hide(detail), remedy }, frame(location))
  }
  if (second !== undefined)
    return [refused('the file holds more than one document', 'keep the first one', second.range[0])]
  if (document === undefined || document.errors.length > 0)
    return withoutEchoes(document?.errors ?? []).map((error) => {
      const { detail, remedy } = yamlFault(error, text)
      return refused(detail, remedy, error.pos[0])
    })
  const repeated = repeatedKeys(document.contents)
  if (repeated.length > 0)
    return repeated
      .slice(0, maxErrors)
      .map((key) => refused(`the key "${key.value}" stands twice in one map`, 'remove one of the two', offsetIn(key)))
  try {
    const value: unknown = document.toJS({ maxAliasCount: limits.aliases })
    const locate = (pointer: string) => at(offsetOf(document.contents, pointerKeys(pointer), document), pointer)
    return { file, value, locate, frame, hide }
  } catch {
    const alias = unresolvedAlias(document)
    if (alias === undefined)
      return [refused(`its aliases unfold to more than ${limits.aliases} values`, 'write them out', 0)]
    return [
      refused(
        `no anchor &${alias.source} stands before *${alias.source}`,
        'write &name where it is meant first, or put a text with an asterisk in quotes',
        offsetIn(alias),
      ),
    ]
  }
}

/** How a text is shown: without the secrets it holds, which are looked for when something is shown. */
function veiled(text: string, document: Document | undefined): Pick<Source, 'frame' | 'hide'> {
  let found: (Secrets & { readonly shown: Masked }) | undefined
  const secrets = () => {
    if (found === undefined) {
      const inText = secretsOf(text, document)
      found = { ...inText, shown: masked(text, inText.ranges) }
    }
    return found
  }
  return {
    frame: ({ line, column }) => codeframe(secrets().shown.text, line, secrets().shown.column(line, column)),
    hide: (said) => withoutSecrets(said, secrets().values),
  }
}

/**
 * The tokens of a text, or where it is nested too deep. This is told before the tokens are composed, which recurses: a
 * stack that overflows there can end the process.
 */
function tokensOf(text: string, lineCounter: LineCounter): CST.Token[] | { readonly tooDeepAt: number } {
  const parser = new Parser(lineCounter.addNewLine)
  const tokens: CST.Token[] = []
  lineCounter.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    if (parser.stack.length > limits.depth && parser.stack.filter((t) => 'items' in t).length > limits.depth)
      return { tooDeepAt: parser.offset - lexeme.length }
  }
  tokens.push(...parser.end())
  return tokens
}

/** Keys that a map has already. yaml's own check compares each key with all before it; a map may hold ten thousand. */
function repeatedKeys(node: unknown, found: Scalar[] = []): readonly Scalar[] {
  if (isSeq(node)) for (const item of node.items) repeatedKeys(item, found)
  if (!isMap(node)) return found
  const seen = new Set<unknown>()
  for (const { key, value } of node.items) {
    if (isScalar(key) && seen.has(key.value)) found.push(key)
    if (isScalar(key)) seen.add(key.value)
    repeatedKeys(value, found)
  }
  return found
}

function unresolvedAlias(document: Document): Alias | undefined {
  let found: Alias | undefined
  visit(document, {
    Alias: (_, node) => {
      if (node.resolve(document) !== undefined) return undefined
      found = node
      return visit.BREAK
    },
  })
  return found
}

const offsetIn = (node: Node) => node.range?.[0] ?? 0

type Resolver = Parameters<import('yaml').Alias['resolve']>[0]

/** Older spellings of a key, so that a pointer into the one form of the document finds its place in either dialect. */
const olderSpellings: ReadonlyMap<string, readonly string[]> = new Map([
  ['display', ['label', 'title']],
  ['flows', ['functions']],
  ['from', ['location']],
  ['target', ['targetName']],
  ['token', ['value']],
  ['key', ['name']],
  ['placement', ['in']],
  ['authentication', ['auth']],
  ['name', ['id']],
])

/** Walks as far as the pointer goes; what is missing is placed at its nearest ancestor. */
function offsetOf(root: Node | null, keys: readonly string[], document: Resolver): number {
  let node: unknown = root
  let offset = root?.range?.[0] ?? 0
  for (const key of keys) {
    const resolved: unknown = isAlias(node) ? node.resolve(document) : node
    const next = isMap(resolved) ? entry(resolved.items, key) : isSeq(resolved) ? item(resolved.items, key) : undefined
    if (next === undefined) break
    node = next.value
    offset = next.offset ?? offset
  }
  return offset
}

interface Step {
  readonly value: unknown
  readonly offset: number | undefined
}

function entry(pairs: readonly Pair<unknown, unknown>[], key: string): Step | undefined {
  const byKey = remembered(pairs, () =>
    pairs.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair] as const] : [])),
  )
  for (const spelling of [key, ...(olderSpellings.get(key) ?? [])]) {
    const pair = byKey.get(spelling)
    if (pair && isScalar(pair.key)) return { value: pair.value, offset: pair.key.range?.[0] }
  }
  return undefined
}

/** A list item by index, or by its `name` where the collection is a map in the newer form. */
function item(items: readonly unknown[], key: string): Step | undefined {
  const byName = () => items.flatMap((i) => (isMap(i) ? [[String(i.get('name') ?? i.get('id')), i] as const] : []))
  const found = /^\d+$/.test(key) ? items[Number(key)] : remembered(items, byName).get(key)
  if (found === undefined) return undefined
  return { value: found, offset: isMap(found) || isSeq(found) || isScalar(found) ? found.range?.[0] : undefined }
}

const indexes = new WeakMap<object, ReadonlyMap<string, unknown>>()

/** What is in a collection by name, the first of equal ones: a file may hold thousands, and as many faults. */
function remembered<T>(collection: readonly unknown[], entries: () => readonly (readonly [string, T])[]) {
  const known = indexes.get(collection) as ReadonlyMap<string, T> | undefined
  if (known !== undefined) return known
  const made = new Map([...entries()].reverse())
  indexes.set(collection, made)
  return made as ReadonlyMap<string, T>
}
