/**
 * Answers that were more than an agent is handed at once, kept for a while so that it can read the rest: as it was, since to
 * ask the upstream again could skip or repeat what has moved, and a write must not be made again.
 */

import { randomBytes } from 'node:crypto'
import { type Bounds, fitting, listIn } from './bounded.ts'
import type { ResourceContents } from './content.ts'
import type { Resources } from './resources.ts'

export interface Answers {
  /** Keeps an answer. `from` = of its list, what was told already ends there. Answers where the rest is read. */
  readonly keep: (answer: KeptAnswer, from?: number) => string
  /** What is at such a place; undefined when it is not kept, or not for this caller. */
  readonly read: (uri: string, subject: string) => ResourceContents | undefined
}

export interface KeptAnswer {
  /** JSON, or bytes in base64. */
  readonly text: string
  /** Of bytes. Absent = JSON. */
  readonly mimeType?: string
  /** Whose it is; '' = whoever is known by no credential. */
  readonly subject: string
  readonly bounds: Bounds
}

interface Kept extends KeptAnswer {
  readonly until: number
}

/** How many characters of answers are kept at most, and for how many milliseconds. */
interface Limits {
  readonly characters: number
  readonly ms: number
}

const limits: Limits = { characters: 32 * 1024 * 1024, ms: 10 * 60_000 }

const prefix = 'ikanos://answers/'

/** What is oldest is forgotten first. `now` in milliseconds. */
export function createAnswers({ characters, ms }: Limits = limits, now = () => performance.now()): Answers {
  const kept = new Map<string, Kept>()
  let size = 0
  const forget = (time: number) => {
    for (const [id, { text, until }] of kept) {
      if (until > time && size <= characters) return
      kept.delete(id)
      size -= text.length
    }
  }
  return {
    keep: (answer, from) => {
      const id = randomBytes(16).toString('base64url')
      kept.set(id, { ...answer, until: now() + ms })
      size += answer.text.length
      forget(now())
      return uriOf(id, from)
    },
    read: (uri, subject) => {
      forget(now())
      const [, id = '', from] = /^ikanos:\/\/answers\/([\w-]+)(?:\?from=(\d{1,9}))?$/.exec(uri) ?? []
      const found = kept.get(id)
      if (found === undefined || found.subject !== subject) return undefined
      const { mimeType } = found
      if (mimeType !== undefined) return from === undefined ? { uri, mimeType, blob: found.text } : undefined
      const text = from === undefined ? found.text : pageOf(found, id, Number(from))
      return text === undefined ? undefined : { uri, mimeType: 'application/json', text }
    },
  }
}

function uriOf(id: string, from: number | undefined): string {
  return `${prefix}${id}${from === undefined ? '' : `?from=${from}`}`
}

/** The items from one on, at least one, and where those after them are. */
function pageOf({ text, bounds }: Kept, id: string, from: number): string | undefined {
  const items = listIn(JSON.parse(text))?.items ?? []
  if (from >= items.length) return undefined
  const to = from + Math.max(1, fitting(items, from, bounds))
  const more = to < items.length ? { more: uriOf(id, to) } : {}
  return JSON.stringify({ from, of: items.length, items: items.slice(from, to), ...more })
}

/** The resources of a surface and what is left of its answers, which is in no list. */
export function withAnswers(own: Resources, answers: Answers | undefined): Resources {
  if (answers === undefined) return own
  const isAnswer = (uri: string) => uri.startsWith(prefix)
  return {
    ...own,
    isPlain: (uri, told) => isAnswer(uri) || own.isPlain(uri, told),
    isShared: (uri) => !isAnswer(uri) && own.isShared(uri),
    read: (uri, read) => {
      if (!isAnswer(uri)) return own.read(uri, read)
      const contents = answers.read(uri, read.call.principal?.subject ?? '')
      return contents && Promise.resolve(contents)
    },
  }
}
