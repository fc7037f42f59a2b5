/** XML -> JSON tree (spec §2.6): the root is dropped, attributes and children stand beside each other, all leaves are text. */

import { SaxesParser } from 'saxes'

const maxDepth = 200
const instance = 'http://www.w3.org/2001/XMLSchema-instance'

/** An element that is open. `texts` = its text, split where child elements stand. */
interface Open {
  readonly key: string
  readonly entries: (readonly [string, unknown])[]
  readonly texts: string[]
  readonly nil: boolean
}

/** Throws for XML that is not well-formed, nests deeper than 200, or uses an entity that XML itself does not define. */
export function readXml(text: string): unknown {
  const parser = new SaxesParser({ xmlns: true })
  const open: Open[] = []
  let root: { readonly value: unknown } | undefined
  parser.on('error', (error) => {
    // What follows the root is ignored, well-formed or not.
    if (root === undefined || !error.message.includes('root')) throw error
  })
  parser.on('opentag', ({ local, attributes }) => {
    if (open.length === maxDepth) throw new Error(`it nests deeper than ${maxDepth} elements`)
    const all = Object.values(attributes)
    const own = all.filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns')
    const nil = own.some((a) => a.uri === instance && a.local === 'nil' && a.value === 'true')
    const last = open.at(-1)?.texts
    if (last !== undefined && last.at(-1) !== '') last.push('')
    open.push({ key: local, entries: own.map((a) => [a.local, a.value]), texts: [''], nil })
  })
  const take = (piece: string) => {
    const texts = open.at(-1)?.texts
    if (texts !== undefined) texts[texts.length - 1] += piece
  }
  parser.on('text', take)
  parser.on('cdata', take)
  parser.on('closetag', () => {
    const element = open.pop()
    if (element === undefined || root !== undefined) return
    const parent = open.at(-1)
    if (parent === undefined) root = { value: rootValue(element) }
    else parent.entries.push([element.key, elementValue(element)])
  })
  parser.write(text).close()
  if (root === undefined) throw new Error('it has no root element')
  return root.value
}

function rootValue(element: Open): unknown {
  if (element.nil) return null
  const value = elementValue(element)
  return typeof value === 'string' && value !== '' ? { '': value } : value
}

/** A leaf is its text, blanks kept; text beside attributes or children is the key "", without the blanks of indentation. */
function elementValue({ entries, texts }: Open): unknown {
  if (entries.length === 0) return texts.join('')
  const said = texts.filter((text) => text.trim() !== '')
  return collected([...entries, ...said.map((text) => ['', text] as const)])
}

function collected(entries: readonly (readonly [string, unknown])[]): unknown {
  const byKey = new Map<string, unknown[]>()
  for (const [key, value] of entries) {
    const values = byKey.get(key)
    if (values === undefined) byKey.set(key, [value])
    else values.push(value)
  }
  return Object.fromEntries([...byKey].map(([key, values]) => [key, values.length === 1 ? values[0] : values]))
}
