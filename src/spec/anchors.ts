/** A YAML tree without anchors: every alias and merge key replaced by a copy of what it stands for. */

import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, Pair, visit, type YAMLMap } from 'yaml'

/** Changes the tree in place. Merge keys (`<<`) give way to a key of the map itself. */
export function expandAnchors(document: Document) {
  visit(document, {
    Alias: (_, alias) => copyOf(alias.resolve(document)),
    Map: (_, map) => expandMerges(map, document),
  })
  visit(document, { Node: (_, node) => void (isNode(node) && 'anchor' in node && delete node.anchor) })
}

function copyOf(node: Node | undefined): Node | undefined {
  return node?.clone() as Node | undefined
}

function expandMerges(map: YAMLMap, document: Document) {
  const merges = map.items.filter((pair) => isScalar(pair.key) && pair.key.value === '<<')
  if (merges.length === 0) return
  map.items = map.items.filter((pair) => !merges.includes(pair))
  const sources = merges.flatMap(({ value }) => (isSeq(value) ? value.items : [value]))
  for (const source of sources) {
    const merged: unknown = isAlias(source) ? source.resolve(document) : source
    if (!isMap(merged)) continue
    for (const { key, value } of merged.items) {
      if (!map.has(key)) map.items.push(new Pair(key, isNode(value) ? value.clone() : value))
    }
  }
}
