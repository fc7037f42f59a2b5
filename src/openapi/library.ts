/** A description with the files that it refers to, and what a reference in it means. */

import { isMap, type Raw } from '../spec/raw.ts'
import { pointerKeys } from '../text/pointer.ts'
import type { Notes } from './notes.ts'

/** A value and the document it stands in, which its references are relative to. */
export interface Located {
  readonly value: unknown
  /** URL of the document. */
  readonly base: string
}

export interface Library {
  readonly root: Raw
  /** URL of the description itself. */
  readonly base: string
  /** The value that a chain of references ends at, and the names of the places on the way; `{}` where it leads nowhere. */
  readonly follow: (from: Located) => Located & { readonly passed: readonly string[] }
}

/** Reads a document by its URL; undefined when it can't be had. */
export type ReadDocument = (url: string) => Promise<unknown>

/** More documents than this are not read. */
const maxDocuments = 200

/** The longest chain of references. */
const maxChain = 50

/** Reads every document that is referred to, where `read` allows it. Cycles between documents are no trouble. */
export async function collect(root: Raw, base: string, read: ReadDocument, notes: Notes): Promise<Library> {
  const documents = new Map<string, unknown>([[base, root]])
  nameItself(documents, root, base)
  const waiting = [base]
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    for (const url of documentsOf(documents.get(at), at)) {
      if (documents.has(url)) continue
      const value = documents.size < maxDocuments ? await read(url) : undefined
      documents.set(url, value)
      nameItself(documents, value, url)
      waiting.push(url)
    }
  }
  for (const [url, value] of documents)
    if (value === undefined) notes.add('documents that are referred to and were not read', url)
  return { root, base, follow: (from) => follow(from, documents, notes) }
}

/** A document is known by the address that it says for itself too (OpenAPI 3.2 §4.1.1, `$self`); it is read where it was found. */
function nameItself(documents: Map<string, unknown>, document: unknown, url: string) {
  const self = isMap(document) ? document.$self : undefined
  if (typeof self !== 'string' || !URL.canParse(self, url)) return
  const named = new URL(self, url)
  named.hash = ''
  // It may have been asked for before it was known by this name.
  if (documents.get(named.href) === undefined) documents.set(named.href, document)
}

/** The URLs of the documents that a value refers to. */
function documentsOf(value: unknown, base: string): ReadonlySet<string> {
  const found = new Set<string>()
  const seen = new Set<object>()
  const waiting = [value]
  for (let at = waiting.pop(); waiting.length > 0 || at !== undefined; at = waiting.pop()) {
    // An alias of YAML stands in many places.
    if (typeof at !== 'object' || at === null || seen.has(at)) continue
    seen.add(at)
    const { $ref } = at as Raw
    if (typeof $ref === 'string' && !$ref.startsWith('#') && URL.canParse($ref, base)) {
      const url = new URL($ref, base)
      url.hash = ''
      found.add(url.href)
    }
    for (const inner of Object.values(at)) if (typeof inner === 'object' && inner !== null) waiting.push(inner)
  }
  return found
}

function follow(from: Located, documents: ReadonlyMap<string, unknown>, notes: Notes) {
  const passed: string[] = []
  let { value, base }: Located = from
  while (isMap(value) && typeof value.$ref === 'string') {
    if (passed.length === maxChain || !URL.canParse(value.$ref, base)) {
      notes.add('references that lead nowhere', value.$ref)
      return { value: {}, base, passed }
    }
    const { $ref, ...beside } = value as Raw
    const url = new URL($ref as string, base)
    const pointer = decoded(url.hash.slice(1))
    url.hash = ''
    const target = at(documents.get(url.href), pointer)
    if (target === undefined) notes.add('references that lead nowhere', $ref as string)
    passed.push(`${url.href}#${pointer}`)
    base = url.href
    // What stands beside a reference is said of this use of it (OpenAPI 3.1 §4.8.23).
    value = isMap(target) && Object.keys(beside).length > 0 ? { ...target, ...beside } : (target ?? {})
  }
  return { value, base, passed }
}

function at(document: unknown, pointer: string): unknown {
  return pointerKeys(pointer).reduce<unknown>((node, key) => {
    const has = typeof node === 'object' && node !== null && Object.hasOwn(node, key)
    return has ? (node as Raw)[key] : undefined
  }, document)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
