/** How much of an answer an agent is handed at once: of a list its first items, of anything else how it begins. */

import type { JsonSchema, McpPlan, OperationPlan } from '../../plan.ts'

export interface Bounds {
  /** Of the JSON. */
  readonly maxBytes: number
  readonly maxItems: number
}

/** Some 20,000 tokens of JSON: clients warn from 10,000 on and refuse or put away what has more than 25,000. */
const defaults: Bounds = { maxBytes: 64 * 1024, maxItems: Number.POSITIVE_INFINITY }

/** What the companion says of a flow stands before what it says of the surface. */
export function boundsOf({ answer: own }: OperationPlan, { answer: all }: McpPlan): Bounds {
  return { ...defaults, ...all, ...own }
}

/** Whether an answer is more than that. */
export function exceeds(text: string, value: unknown, { maxBytes, maxItems }: Bounds): boolean {
  // No character has more than three bytes.
  if (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes) return true
  return maxItems !== Number.POSITIVE_INFINITY && (listIn(value)?.items.length ?? 0) > maxItems
}

interface List {
  /** Absent = the answer is the list. */
  readonly member?: string
  readonly items: readonly unknown[]
}

/** The list that an answer is, or the only one that it has. */
export function listIn(value: unknown): List | undefined {
  if (Array.isArray(value)) return { items: value }
  if (typeof value !== 'object' || value === null) return undefined
  const lists = Object.entries(value).filter(([, one]) => Array.isArray(one))
  const [[member, items] = []] = lists
  return lists.length === 1 && member !== undefined ? { member, items } : undefined
}

/** How many of the items from one on fit. `taken` = bytes that stand around them. */
export function fitting(
  items: readonly unknown[],
  from: number,
  { maxBytes, maxItems }: Bounds,
  taken = around,
): number {
  let [count, left] = [0, maxBytes - taken]
  for (const item of items.slice(from, from + Math.min(maxItems, items.length))) {
    left -= Buffer.byteLength(JSON.stringify(item)) + 1
    if (left < 0) return count
    count += 1
  }
  return count
}

/** What stands around a page, in bytes. */
const around = 200

/** An answer with the first items of its list. */
export interface Cut {
  readonly value: unknown
  readonly shown: number
  readonly of: number
  readonly member?: string
}

/** Undefined where no item fits, there is no list, or what is left might not fit the schema. */
export function cut(value: unknown, schema: JsonSchema | undefined, bounds: Bounds): Cut | undefined {
  const list = listIn(value)
  if (list === undefined || !isCuttable(list, schema)) return undefined
  const { member, items } = list
  const frame = member === undefined ? 0 : Buffer.byteLength(JSON.stringify({ ...(value as object), [member]: [] }))
  const shown = fitting(items, 0, bounds, frame + around)
  if (shown === 0) return undefined
  const first = items.slice(0, shown)
  const left = member === undefined ? { value: first } : { member, value: { ...(value as object), [member]: first } }
  return { ...left, shown, of: items.length }
}

/** What may ask for more items than are left, or for other ones. */
const binding = ['minItems', 'contains', 'prefixItems', 'const', 'enum', 'anyOf', 'oneOf', 'allOf', 'not', 'if', '$ref']

function isCuttable({ member }: List, schema: JsonSchema | undefined): boolean {
  if (schema === undefined) return true
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const own = member === undefined ? undefined : properties[member]
  return binding.every((keyword) => !(keyword in schema) && !(own !== undefined && keyword in own))
}

/** Whether an object may say that there is more, in a member that its schema does not name. */
export function mayTell({ value, member }: Cut, schema: JsonSchema | undefined): boolean {
  if (member === undefined || more in (value as object)) return false
  const open = (schema?.additionalProperties ?? true) === true
  return open && closing.every((keyword) => schema === undefined || !(keyword in schema))
}

const closing = ['unevaluatedProperties', 'propertyNames', 'patternProperties', 'maxProperties']

/** The member in which an answer says where its rest is. */
export const more = '_more'

/** How a text begins, not in the middle of a character. */
export function beginning(text: string, length = 1000): string {
  const [last] = text.slice(length - 1, length)
  return text.slice(0, last !== undefined && /[\ud800-\udbff]/.test(last) ? length - 1 : length)
}
