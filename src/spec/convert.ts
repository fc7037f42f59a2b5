/** A capability file in the other dialect: lists <-> maps, renamed keys, placeholders; comments stay with what they say. */

import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { child } from '../text/pointer.ts'
import { expandAnchors } from './anchors.ts'
import { type Entry, takeName, toList, toMap } from './collections.ts'
import { nameRow, type Row, type Rule, rowsOf, ruleOf, variantOf } from './grammar/notation.ts'
import type { Dialect } from './grammar/unit.ts'
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

/** The version that each dialect is written in. */
export const versions: Readonly<Record<Dialect, string>> = { alpha2: '1.0.0-alpha2', beta5: '1.0.0-beta5' }

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
  // Lists indented below their keys make a file a tenth longer, and catalogs show so many bytes of one.
  return { text: document.toString({ lineWidth: 120, indentSeq: options.inherit !== true }), notes }
}

interface Context {
  readonly to: Dialect
  readonly notes: ConversionNote[]
  readonly document: Document
  /** What published files write before an input of the surface at hand, and the namespace that stands for it. */
  readonly prefixes: readonly (readonly [string, string])[]
}

function convertUnit(map: YAMLMap, unit: string, pointer: string, context: Context) {
  const rows = rowsOf(isImport(map) ? 'import' : variantOf(unit, map.get('type')))
  if (rows === undefined) return
  const inside = unit === 'exposes' ? { ...context, prefixes: prefixesOf(map) } : context
  map.items = (map.items as Entry[]).filter((pair) => convertPair(pair, map, rows, unit, pointer, inside))
  if (unit === 'output' || unit === 'namedOutput') completeOutput(map, context)
}

const isImport = (map: YAMLMap) => map.has('import')

/** Renames and converts one key; false = the dialect does not know it. */
function convertPair(
  pair: Entry,
  map: YAMLMap,
  rows: readonly Row[],
  unit: string,
  pointer: string,
  context: Context,
): boolean {
  const before = String(isScalar(pair.key) ? pair.key.value : pair.key)
  const at = child(pointer, before)
  const row = rows.find(({ names, spellings }) => spellings.includes(before) && names[context.to] !== undefined)
  const key = row?.names[context.to]
  if (row === undefined || key === undefined || (key !== before && map.has(key))) {
    context.notes.push({ pointer: at, message: `"${before}" is not known to ${versions[context.to]} and was left out` })
    return false
  }
  if (isScalar(pair.key)) pair.key.value = key
  if (key === 'with' && isMap(pair.value)) convertValues(pair.value, at, context)
  const holds = units.has(unit) && key === 'outputParameters' ? outputsOf(map) : heldBy(ruleOf(row.values[context.to]))
  if (holds === undefined) {
    convertLeaf(pair, unit, key, context)
    return true
  }
  const form = key === 'items' && isNamed(pair.value) ? 'named' : holds.form
  convertChild(pair, holds.unit, form, at, context)
  return true
}

/** What runs something, and has outputs by how it does. */
const units = new Set(['flow', 'tool', 'exposedOperation', 'mcpResource'])

interface Held {
  readonly unit: string
  readonly form: 'one' | 'list' | 'map' | 'named'
}

/** The outputs of a call are a list in both dialects. */
const outputsOf = (map: YAMLMap): Held =>
  map.has('call') || map.has('ref') ? { unit: 'output', form: 'list' } : { unit: 'namedOutput', form: 'named' }

/** The unit that a key holds, and in which form; an entry that may be an import is told apart by `import`. */
function heldBy(rule: Rule): Held | undefined {
  if (rule.is === 'value') return undefined
  if (rule.is === 'unit') return { unit: rule.unit, form: 'one' }
  if (rule.is === 'either') return rule.of.map(heldBy).findLast((held) => held !== undefined)
  const held = heldBy(rule.of)
  return held && { unit: held.unit, form: rule.is }
}

/** The items of an orchestrated output are named outputs, those of a mapped one are one output (spec §2.7). */
function isNamed(value: Node | null): boolean {
  return isSeq(value) || (isMap(value) && value.items.length > 0 && value.items.every((pair) => isMap(pair.value)))
}

function convertChild(pair: Entry, unit: string, form: Held['form'], pointer: string, context: Context) {
  if (form === 'named') pair.value = context.to === 'alpha2' ? toList(pair.value) : toMap(pair.value)
  if (form === 'map') pair.value = toMap(pair.value)
  const items = pair.value
  if (form === 'one' && isMap(items)) convertUnit(items, unit, pointer, context)
  if (form === 'map' && isMap(items))
    each(items, pointer, (item, at, key) => convertEntry(item, unit, at, key, context))
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
  const name = nameRow(unit) === undefined ? undefined : takeName(item)
  convertUnit(item, unit, pointer, context)
  if (name !== undefined) item.items.unshift(name)
}

/** The older dialect wants the name of an entry in it even where it is the key of a map. */
function convertEntry(item: YAMLMap, unit: string, pointer: string, key: string, context: Context) {
  const wanted = nameRow(unit)?.required === true
  if (wanted) takeName(item)
  convertUnit(item, unit, pointer, context)
  if (wanted && context.to === 'alpha2') item.items.unshift(new Pair(new Scalar('name'), new Scalar(key)))
}

function each(map: YAMLMap, pointer: string, visit: (item: YAMLMap, at: string, key: string) => void) {
  for (const { key, value } of map.items) if (isMap(value)) visit(value, child(pointer, String(key)), String(key))
}

/** The schemas want `properties` and `items` to be said; said empty they mean the same. */
function completeOutput(map: YAMLMap, { document }: Context) {
  if (map.has('const') || map.has('value')) return
  if (map.get('type') === 'object' && !map.has('properties')) map.set('properties', document.createNode({}))
  if (map.get('type') === 'array' && !map.has('items'))
    map.set('items', document.createNode({ type: 'object', properties: {} }))
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
