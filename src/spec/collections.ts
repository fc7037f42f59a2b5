/** Collections of named entries in a YAML tree: a map of them as a list, and a list as a map; comments stay with the entries. */

import { isMap, isScalar, isSeq, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'

export type Entry = Pair<Node, Node | null>

/** Takes the name out of an entry; undefined where it has none. */
export function takeName(item: YAMLMap): Pair | undefined {
  const index = item.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === 'name')
  return index < 0 ? undefined : item.items.splice(index, 1)[0]
}

/** `ships: {…}` becomes `- name: ships …`; a comment above the name goes above the item. */
export function toList(value: Node | null): Node | null {
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
export function toMap(value: Node | null): Node | null {
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
