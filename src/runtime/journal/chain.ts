/** Lines that each hold the hash of the one before, so that none can be changed, left out or put in without a trace. */

import { createHash } from 'node:crypto'

/** Where a chain is: how many lines it has, and the hash of the last one. */
export interface Link {
  readonly seq: number
  readonly hash: string
}

/** Before the first line. */
export const start: Link = { seq: 0, hash: '' }

/** What a line of a journal holds beside its place in the chain. */
export type Entry = Readonly<Record<string, unknown>>

const ending = /^(.*),"hash":"([\w-]{43})"\}$/s

/**
 * The next line of a chain, without a line break, and where the chain is then. The hash (SHA-256, base64url) is that of the
 * very text before it, closed with a brace: nobody has to write JSON the same way to check it.
 */
export function chained(before: Link, entry: Entry): { readonly line: string; readonly link: Link } {
  const seq = before.seq + 1
  const text = JSON.stringify({ seq, prev: before.hash, ...entry })
  const hash = sha256(text)
  return { line: `${text.slice(0, -1)},"hash":"${hash}"}`, link: { seq, hash } }
}

/** What a line holds, and its place; undefined when it is not as it was written. */
export function unchained(
  line: string,
): { readonly entry: Entry; readonly link: Link; readonly prev: string } | undefined {
  const [, body, hash = ''] = ending.exec(line) ?? []
  if (body === undefined || sha256(`${body}}`) !== hash) return undefined
  try {
    const { seq, prev, ...entry } = JSON.parse(`${body}}`)
    return typeof seq === 'number' && typeof prev === 'string' ? { entry, link: { seq, hash }, prev } : undefined
  } catch {
    return undefined
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url')
