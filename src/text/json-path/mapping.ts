import { isObject } from './nodes.ts'
import { parseDotted, parseToEnd } from './parse.ts'
import { Scanner } from './scanner.ts'
import type { Query } from './syntax.ts'

/** A function at the end of a mapping's path. It gets what the path gives and gives undefined where it has no answer. */
export type Ending = (value: unknown) => unknown

/** A path in the capability format's dialect of JSONPath, with the function that ends it. */
export interface Mapping {
  readonly query: Query
  readonly ending: Ending | undefined
}

/** The endings, as Jayway JsonPath answers them: an aggregate skips what isn't a number and has no answer for none. */
const ENDINGS: ReadonlyMap<string, Ending> = new Map<string, Ending>([
  ['length', (value) => (Array.isArray(value) ? value.length : keysOf(value)?.length)],
  ['keys', keysOf],
  ['first', (value) => (Array.isArray(value) ? value[0] : undefined)],
  ['sum', aggregate((numbers) => numbers.reduce((total, number) => total + number, 0))],
  ['min', aggregate((numbers) => numbers.reduce((least, number) => Math.min(least, number)))],
  ['max', aggregate((numbers) => numbers.reduce((most, number) => Math.max(most, number)))],
  ['avg', aggregate((numbers) => numbers.reduce((total, number) => total + number, 0) / numbers.length)],
])

function keysOf(value: unknown): string[] | undefined {
  return isObject(value) ? Object.keys(value) : undefined
}

function aggregate(combine: (numbers: readonly number[]) => number): Ending {
  return (value) => {
    const numbers = Array.isArray(value) ? value.filter((item) => typeof item === 'number') : []
    return numbers.length > 0 ? combine(numbers) : undefined
  }
}

/** Parses the dialect. Throws JsonPathSyntaxError with offsets into the source as it was given. */
export function parseMapping(source: string): Mapping {
  const call = /(?:^|(?<!\.)\.)\s*([\w-]+)\(\s*\)\s*$/.exec(source)
  if (call === null) return { query: parseLenient(source), ending: undefined }
  const ending = ENDINGS.get(call[1] ?? '')
  if (ending !== undefined) return { query: parseLenient(source.slice(0, call.index)), ending }
  const names = [...ENDINGS.keys()].join(', ')
  return new Scanner(source, true).fail(`Unknown function ${call[1]}(): a path may end in ${names}`, call.index)
}

function parseLenient(source: string): Query {
  const path = source.trimEnd()
  const scanner = new Scanner(/^\s*[$@]\.$/.test(path) ? path.slice(0, -1) : path, true)
  scanner.skipBlanks()
  const rooted = scanner.done || scanner.accept('$') || scanner.match(/@(?=[.[]|$)/y) !== undefined
  if (rooted || scanner.looksAt('[')) return parseToEnd(scanner, [])
  return parseToEnd(scanner, [{ descendant: false, selectors: [parseDotted(scanner)] }])
}
