/** Overlay 1.0.0 (§4.4): applies its actions to a description, in order. */

import { type JSONPathNode, type JSONValue, query } from 'json-p3'

type Tree = Record<string, unknown>

interface Overlay {
  readonly actions: readonly { readonly target: string; readonly update?: unknown; readonly remove?: boolean }[]
}

/** A new document. Throws Error for an action that finds nothing: a repair that does not arrive is none. */
export function overlaid(document: unknown, { actions }: Overlay): unknown {
  const result = structuredClone(document)
  for (const { target, update, remove } of actions) {
    const { nodes } = query(target, result as JSONValue)
    if (nodes.length === 0) throw new Error(`${target} finds nothing`)
    for (const node of nodes) remove === true ? take(result, node) : merge(node.value, update)
  }
  return result
}

/** Objects recursively, lists by appending, everything else replaced. */
function merge(into: unknown, update: unknown) {
  if (Array.isArray(into)) {
    into.push(structuredClone(update))
    return
  }
  for (const [key, value] of Object.entries(update as Tree)) {
    const there = (into as Tree)[key]
    if (isTree(there) && isTree(value)) merge(there, value)
    else if (Array.isArray(there) && Array.isArray(value)) there.push(...structuredClone(value))
    else (into as Tree)[key] = structuredClone(value)
  }
}

function take(document: unknown, { location }: JSONPathNode) {
  const [last, ...above] = [...location].reverse()
  const holder = above.reverse().reduce<unknown>((node, key) => (node as Tree)[key], document)
  if (Array.isArray(holder)) holder.splice(Number(last), 1)
  else delete (holder as Tree)[String(last)]
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)
