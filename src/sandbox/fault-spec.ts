/**
 * Faults as a line of text, for the command line, a file and the control endpoint alike.
 *
 *     5% 429 retry-after=2, 10% slow=300ms, first 2 reset after effect on delete, hang on GET /…/GetPredictions/*, seed=7
 *
 *     spec   = item *( ( "," / newline ) item )       ; "#" starts a comment that ends with its line
 *     item   = "seed=" number / [ "first" count ] [ share "%" ] kind [ "retry-after=" value ] [ effect ] [ "on" route ]
 *     kind   = a status from 400 to 599 / "slow=" time / "hang" / "reset" / "reset-body" / "empty" [ "=" status ]
 *            / "html" [ "=" status ] / "truncated" / "content-type" [ "=" type ] / "echo" [ "=" status ]
 *     time   = number ( "ms" / "s" )
 *     effect = ( "before" / "after" ) "effect"        ; whether the operation is carried out first
 *     route  = [ operation ] [ method ] [ path ]      ; in a path * is within a segment, ** or … is anything
 */

import { badRequest } from './call.ts'
import type { Fault, FaultRule, SandboxFaults } from './faults.ts'
import { noSuch } from './no-such.ts'
import { operationNames } from './routes.ts'

/** What a text says: the rules in their order, and the seed where it names one. */
export interface FaultSpec extends Pick<SandboxFaults, 'rules'> {
  readonly seed?: number
}

/** Methods that a route may name. */
export const faultMethods: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Longest `slow`, in milliseconds. */
export const longestDelay = 600_000

interface Word {
  readonly text: string
  /** Where it begins, in characters of the whole text. */
  readonly at: number
}

/** The words of one item that are still to be read. */
interface Item {
  readonly source: string
  readonly words: Word[]
  /** Where the item begins. */
  readonly at: number
}

function wrong({ source }: Pick<Item, 'source'>, at: number, message: string): never {
  const before = source.slice(0, at).split('\n')
  const column = `column ${(before.at(-1)?.length ?? 0) + 1}`
  throw badRequest(`${source.includes('\n') ? `line ${before.length}, ` : ''}${column}: ${message}`)
}

function itemsOf(source: string): readonly Item[] {
  const items: Item[] = []
  let words: Word[] = []
  for (const { 0: text, index: at } of source.matchAll(/#[^\n]*|[,\n]|[^\s,#][^\s,]*/g)) {
    if (text.startsWith('#')) continue
    if (text !== ',' && text !== '\n') words.push({ text, at })
    else if (words.length > 0) words = []
    else if (text === ',') wrong({ source }, at, 'a fault is missing before the comma')
    const [first] = words
    if (first !== undefined && words.length === 1) items.push({ source, words, at: first.at })
  }
  return items
}

const statusOf = (text: string, least: number) => {
  const status = /^\d{3}$/.test(text) ? Number(text) : 0
  return status >= least && status < 600 ? status : undefined
}

/** A kind with nothing or a status after its `=`. */
const withStatus = (type: 'empty' | 'html' | 'echo') => (value: string | undefined) => {
  if (value === undefined) return { type }
  const status = statusOf(value, 200)
  return status === undefined ? undefined : { type, status }
}

const bare = (type: 'hang' | 'reset' | 'reset-body' | 'truncated') => (value: string | undefined) =>
  value === undefined ? { type } : undefined

function readSlow(value = ''): Fault | undefined {
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s)$/.exec(value) ?? []
  const ms = Math.round(Number(number) * (unit === 's' ? 1000 : 1))
  return ms <= longestDelay ? { type: 'latency', ms } : undefined
}

function readContentType(value: string | undefined): Fault | undefined {
  if (value === undefined) return { type: 'content-type' }
  return /^[\x21-\x7e]+$/.test(value) ? { type: 'content-type', value } : undefined
}

/** Each kind by name: how it is read, undefined when its value is wrong, and how it is written. */
const kinds: Readonly<Record<string, readonly [(value: string | undefined) => Fault | undefined, string]>> = {
  slow: [readSlow, 'slow=300ms or slow=2s, ten minutes at most'],
  hang: [bare('hang'), 'hang'],
  reset: [bare('reset'), 'reset'],
  'reset-body': [bare('reset-body'), 'reset-body'],
  empty: [withStatus('empty'), 'empty or empty=<status>'],
  html: [withStatus('html'), 'html or html=<status>'],
  truncated: [bare('truncated'), 'truncated'],
  'content-type': [readContentType, 'content-type or content-type=text/csv'],
  echo: [withStatus('echo'), 'echo or echo=<status>'],
}

const kindNames = Object.keys(kinds)

function readKind(item: Item): Fault {
  const word = item.words.shift()
  if (word === undefined) return wrong(item, item.at, `a fault is missing: a status, ${kindNames.join(', ')}`)
  const status = statusOf(word.text, 400)
  if (status !== undefined) return { type: 'status', status }
  if (/^\d+$/.test(word.text)) return wrong(item, word.at, 'a status that is injected is from 400 to 599')
  const [name = '', value] = word.text.split(/=(.*)/s)
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined) return wrong(item, word.at, noSuch('fault', name, kindNames))
  return kind[0](value) ?? wrong(item, word.at, `write it as ${kind[1]}`)
}

type Condition = Pick<FaultRule, 'rate' | 'next'>

function readConditions(item: Item): Condition {
  let found: Condition = {}
  for (;;) {
    const [word, count] = item.words
    if (word?.text === 'first') {
      if (!/^\d{1,9}$/.test(count?.text ?? '')) wrong(item, word.at, 'write it as first <count>')
      found = { ...found, next: Number(count?.text) }
      item.words.splice(0, 2)
    } else if (word?.text.endsWith('%')) {
      const percent = /^\d{1,3}(\.\d{1,6})?%$/.test(word.text) ? Number.parseFloat(word.text) : Number.NaN
      if (!(percent <= 100)) wrong(item, word.at, 'a share is from 0% to 100%')
      found = { ...found, rate: percent / 100 }
      item.words.shift()
    } else return found
  }
}

/** Kinds that spoil the answer of an operation that was carried out, so that there must be one. */
const needsAnswer = new Set<Fault['type']>(['truncated', 'content-type', 'reset-body'])

function withEffect(item: Item, fault: Fault, word: Word): Fault {
  const effect = item.words.shift()
  if (effect?.text !== 'effect') wrong(item, word.at, `write it as ${word.text} effect`)
  const after = word.text === 'after'
  if (fault.type === 'latency') return wrong(item, word.at, 'a slow answer comes after the effect')
  if (needsAnswer.has(fault.type) && !after) wrong(item, word.at, `${fault.type} needs an answer to spoil`)
  return needsAnswer.has(fault.type) ? fault : ({ ...fault, after } as Fault)
}

function withRetryAfter(item: Item, fault: Fault, word: Word): Fault {
  const value = word.text.slice('retry-after='.length)
  if (fault.type !== 'status') return wrong(item, word.at, 'only a status has retry-after')
  if (!/^[\x21-\x7e]+$/.test(value)) wrong(item, word.at, 'write it as retry-after=<seconds>')
  return { ...fault, retryAfter: /^\d{1,9}$/.test(value) ? Number(value) : value }
}

/** What stands after a kind, up to `on`. */
function readRest(item: Item, kind: Fault): Fault {
  let fault = kind
  for (let word = item.words.shift(); word !== undefined; word = item.words.shift()) {
    if (word.text === 'on') {
      item.words.unshift(word)
      return fault
    }
    if (word.text.startsWith('retry-after=')) fault = withRetryAfter(item, fault, word)
    else if (word.text === 'before' || word.text === 'after') fault = withEffect(item, fault, word)
    else
      wrong(item, word.at, noSuch('word', word.text, ['on', 'before effect', 'after effect', 'retry-after=<seconds>']))
  }
  return fault
}

type Route = Pick<FaultRule, 'operation' | 'method' | 'glob'>

function readRoute(item: Item): Route {
  const on = item.words.shift()
  if (on === undefined) return {}
  if (item.words.length === 0) wrong(item, on.at, 'write it as on <operation>, on <METHOD> or on <METHOD> /path/*')
  const route: { -readonly [Key in keyof Route]: Route[Key] } = {}
  for (const { text, at } of item.words) {
    if (route.glob !== undefined) wrong(item, at, 'nothing stands after the path; a comma begins the next fault')
    if (/^[/*…]/.test(text)) route.glob = text.replaceAll('…', '**')
    else if (faultMethods.includes(text)) route.method = text
    else if (operationNames.has(text)) route.operation = text
    else wrong(item, at, noSuch('operation or method', text, [...operationNames, ...faultMethods]))
  }
  return route
}

function readSeed(item: Item): number | undefined {
  const [word, more] = item.words
  if (!word?.text.startsWith('seed=')) return undefined
  if (!/^seed=\d{1,9}$/.test(word.text)) wrong(item, word.at, 'write it as seed=<number>')
  if (more !== undefined) wrong(item, more.at, 'the seed is for all faults and stands alone, between commas')
  return Number(word.text.slice('seed='.length))
}

/** Reads faults from text (the grammar stands at the top of this file). Throws a 400 that names the place and a way out. */
export function readFaultSpec(source: string): FaultSpec {
  let seed: number | undefined
  const rules: FaultRule[] = []
  for (const item of itemsOf(source)) {
    const named = readSeed(item)
    if (named === undefined) {
      const conditions = readConditions(item)
      const fault = readRest(item, readKind(item))
      rules.push({ ...conditions, fault, ...readRoute(item) })
    } else if (seed === undefined) seed = named
    else wrong(item, item.at, 'the seed is given twice')
  }
  return seed === undefined ? { rules } : { rules, seed }
}
