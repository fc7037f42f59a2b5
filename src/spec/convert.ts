/** A capability file in the other dialect: lists <-> maps, renamed keys, placeholders; comments stay with what they say. */

import { type Document, isMap, isScalar, isSeq, type Node, Pair, parseDocument, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { child } from '../text/pointer.ts'
import { expandAnchors } from './anchors.ts'
import { type Dialect, grammar, type UnitGrammar } from './grammar.ts'
import { writeInherited } from './inherited.ts'

/** Something of the source that the other dialect has no word for, or that means the same in another form. */
export interface ConversionNote {
  /** Where it stood in the source. */
  readonly pointer: string
  readonly message: string
}

export interface Conversion {
  readonly text: string
  readonly notes: readonly ConversionNote[]
}

export interface ConvertOptions {
  /** Write at every unit with `ref` the description it inherits: catalogs do not resolve references. Default false. */
  readonly inherit?: boolean
}

const versions: Readonly<Record<Dialect, string>> = { alpha2: '1.0.0-alpha2', beta5: '1.0.0-beta5' }

/**
 * Writes a valid capability text in the other dialect, or in its own with older spellings replaced. What can't be carried
 * is left out and noted. Converting forth and back gives the same text once more.
 */
export function convert(text: string, to: Dialect, options: ConvertOptions = {}): Conversion {
  // Readers of the older form still take YAML 1.1, and the Java engine expands neither anchors nor merge keys.
  const document = parseDocument(text, { merge: true, compat: 'yaml-1.1' })
  expandAnchors(document)
  const notes: ConversionNote[] = []
  const root: unknown = document.contents
  if (isMap(root)) {
    convertUnit(root, 'root', '', { to, notes, document, prefixes: [] })
    root.set(to === 'alpha2' ? 'naftiko' : 'ikanos', versions[to])
    if (options.inherit === true) writeInherited(root)
  }
  return { text: document.toString({ lineWidth: 120 }), notes }
}

interface Context {
  readonly to: Dialect
  readonly notes: ConversionNote[]
  readonly document: Document
  /** What published files write before an input of the surface at hand, and the namespace that stands for it. */
  readonly prefixes: readonly (readonly [string, string])[]
}

type Entry = Pair<Node, Node | null>

function convertUnit(map: YAMLMap, unit: string, pointer: string, context: Context) {
  const rules = grammar[isImport(map) ? 'import' : unit === 'exposes' ? `exposes ${String(map.get('type'))}` : unit]
  if (rules === undefined || rules.keys.includes('*')) return convertValues(map, pointer, context)
  if (unit === 'authentication') completeAuthentication(map)
  const inside = unit === 'exposes' ? { ...context, prefixes: prefixesOf(map) } : context
  map.items = (map.items as Entry[]).filter((pair) => convertPair(pair, map, rules, unit, pointer, inside))
  if (unit === 'output') completeOutput(map, context)
}

const isImport = (map: YAMLMap) => map.has('import')

/** Renames and converts one key; false = the dialect does not know it. */
function convertPair(
  pair: Entry,
  map: YAMLMap,
  rules: UnitGrammar,
  unit: string,
  pointer: string,
  context: Context,
): boolean {
  const before = String(isScalar(pair.key) ? pair.key.value : pair.key)
  const at = child(pointer, before)
  const key = renamed(before, rules, context.to)
  if (key === undefined) {
    context.notes.push({ pointer: at, message: `"${before}" is not known to ${versions[context.to]} and was left out` })
    return false
  }
  if (isScalar(pair.key)) pair.key.value = key
  const holds = rules.children?.[canonical(before, rules)]
  if (holds === undefined) {
    convertLeaf(pair, unit, key, context)
    return true
  }
  const plain = holds.unless?.some((k) => map.has(k)) === true
  const form = plain ? 'list' : key === 'items' && isNamed(pair.value) ? 'named' : holds.form
  convertChild(pair, holds.unit, form, at, context)
  return true
}

/** The items of an orchestrated output are named outputs, those of a mapped one are one output (spec §2.7). */
function isNamed(value: Node | null): boolean {
  return isSeq(value) || (isMap(value) && value.items.length > 0 && value.items.every((pair) => isMap(pair.value)))
}

/** The name of a key in the target dialect, or undefined when it has none. */
function renamed(key: string, rules: UnitGrammar, to: Dialect): string | undefined {
  const rename = rules.renamed?.find((r) => [r.alpha2, r.beta5, ...(r.also ?? [])].includes(key))
  if (rename !== undefined) return rename[to]
  return rules.keys.includes(key) || rules.only?.[to]?.includes(key) ? key : undefined
}

/** Children are listed under the newer name. */
function canonical(key: string, rules: UnitGrammar): string {
  return rules.renamed?.find((r) => r.alpha2 === key)?.beta5 ?? key
}

function convertChild(
  pair: Entry,
  unit: string,
  form: 'one' | 'list' | 'map' | 'named',
  pointer: string,
  context: Context,
) {
  const { value } = pair
  if (form === 'named') pair.value = context.to === 'alpha2' ? toList(value) : toMap(value)
  if (form === 'one' && isMap(value)) convertUnit(value, unit, pointer, context)
  if (form === 'map' && isMap(value)) each(value, pointer, (item, at) => convertUnit(item, unit, at, context))
  const items = pair.value
  if (form === 'named' && isMap(items)) each(items, pointer, (item, at) => convertUnit(item, unit, at, context))
  if ((form === 'named' || form === 'list') && isSeq(items)) eachItem(items, unit, pointer, context)
}

function eachItem(list: YAMLSeq, unit: string, pointer: string, context: Context) {
  list.items.forEach((item, i) => {
    if (isMap(item)) convertItem(item, unit, child(pointer, nameOf(item) ?? i), context)
  })
}

function nameOf(item: YAMLMap): string | undefined {
  const name = item.get('name')
  return typeof name === 'string' ? name : undefined
}

/** A list item keeps its `name`, which is no key of the unit itself. */
function convertItem(item: YAMLMap, unit: string, pointer: string, context: Context) {
  const name = takeName(item)
  convertUnit(item, unit, pointer, context)
  if (name !== undefined) item.items.unshift(name)
}

function each(map: YAMLMap, pointer: string, visit: (item: YAMLMap, at: string) => void) {
  for (const pair of map.items) if (isMap(pair.value)) visit(pair.value, child(pointer, String(pair.key)))
}

function takeName(item: YAMLMap): Pair | undefined {
  const index = item.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === 'name')
  return index < 0 ? undefined : item.items.splice(index, 1)[0]
}

/** `ships: {…}` becomes `- name: ships …`; a comment above the name goes above the item. */
function toList(value: Node | null): Node | null {
  if (!isMap(value)) return value
  const list = new YAMLSeq()
  for (const pair of value.items as Entry[]) {
    const item = isMap(pair.value) ? pair.value : new YAMLMap()
    const name = new Pair(new Scalar('name'), new Scalar(String(pair.key)))
    item.commentBefore = (isScalar(pair.key) ? pair.key.commentBefore : null) ?? null
    item.spaceBefore = isScalar(pair.key) ? pair.key.spaceBefore === true : false
    item.items.unshift(name)
    list.add(item)
  }
  list.commentBefore = value.commentBefore ?? null
  list.flow = false
  return list
}

/** `- name: ships …` becomes `ships: {…}`; an item without a name gets the one it would have been called by. */
function toMap(value: Node | null): Node | null {
  if (!isSeq(value)) return value
  const map = new YAMLMap()
  value.items.forEach((item, i) => {
    if (!isMap(item)) return
    const { commentBefore, spaceBefore } = item
    const name = takeName(item)
    const key = new Scalar(free(name === undefined ? fallbackName(item, i) : String(name.value), map))
    if (commentBefore) key.commentBefore = commentBefore
    if (spaceBefore) key.spaceBefore = true
    item.commentBefore = null
    item.spaceBefore = false
    map.add(new Pair(key, item))
  })
  map.commentBefore = value.commentBefore ?? null
  return map
}

/** Two operations that only have their method for a name get a number. */
function free(name: string, map: YAMLMap): string {
  let candidate = name
  for (let n = 2; map.has(candidate); n++) candidate = `${name}-${n}`
  return candidate
}

function fallbackName(item: YAMLMap, index: number): string {
  const [ref, method] = [item.get('ref'), item.get('method')]
  if (typeof ref === 'string') return ref.split('.').at(-1) ?? ref
  return typeof method === 'string' ? method.toLowerCase() : `item-${index}`
}

/** The schemas want `properties` and `items` to be said; said empty they mean the same. */
function completeOutput(map: YAMLMap, { document }: Context) {
  if (map.has('const') || map.has('value')) return
  if (map.get('type') === 'object' && !map.has('properties')) map.set('properties', document.createNode({}))
  if (map.get('type') === 'array' && !map.has('items'))
    map.set('items', document.createNode({ type: 'object', properties: {} }))
}

/** Published files write a bearer's token as `value`. */
function completeAuthentication(map: YAMLMap) {
  if (map.get('type') !== 'bearer' || map.has('token')) return
  for (const { key } of map.items) if (isScalar(key) && key.value === 'value') key.value = 'token'
}

/** Placeholders of consumed paths as the Java engine reads them. */
function convertLeaf(pair: Entry, unit: string, key: string, { to }: Context) {
  const { value } = pair
  if (!isScalar(value)) return
  if (unit === 'consumedResource' && key === 'path' && to === 'beta5' && typeof value.value === 'string') {
    value.value = value.value
      .replace(/(?<!\{)\{([^{}]+)\}(?!\})/g, '{{$1}}')
      .replace(/(?<=\/):([A-Za-z_][\w-]*)/g, '{{$1}}')
  }
}

function prefixesOf(map: YAMLMap): readonly (readonly [string, string])[] {
  const namespace = map.get('namespace')
  if (typeof namespace !== 'string') return []
  const before = map.get('type') === 'mcp' ? ['tools'] : ['rest.body', 'rest.path', 'rest.query', 'rest']
  return before.map((prefix) => [`${prefix}.`, `${namespace}.`] as const)
}

/** Values of a `with`: `tools.x` and `rest.body.x` are written `namespace.x`, which every engine reads; a flag becomes text. */
function convertValues(map: YAMLMap, pointer: string, { to, notes, prefixes }: Context) {
  for (const pair of map.items as Entry[]) {
    const { value } = pair
    if (!isScalar(value)) continue
    const text = value.value
    if (typeof text === 'boolean') {
      value.value = String(text)
      notes.push({
        pointer: child(pointer, String(pair.key)),
        message: `${text} was written as text, since neither dialect takes a flag here`,
      })
    }
    if (typeof text !== 'string' || to !== 'beta5') continue
    const prefix = prefixes.find(([before]) => text.startsWith(before))
    if (prefix !== undefined) value.value = `${prefix[1]}${text.slice(prefix[0].length)}`
  }
}
