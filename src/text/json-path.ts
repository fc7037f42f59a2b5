import { compileSegments, singularSteps } from './json-path/compile.ts'
import { type Ending, parseMapping } from './json-path/mapping.ts'
import { walk } from './json-path/nodes.ts'
import { parsePath } from './json-path/parse.ts'
import { JsonPathSyntaxError, Scanner } from './json-path/scanner.ts'
import type { Query } from './json-path/syntax.ts'

export { JsonPathSyntaxError }

/**
 * A compiled JSONPath query (RFC 9535). Prints as its source.
 *
 * Documents are JSON data. Queries read own members only, in insertion order, and never throw whatever the document.
 * A pattern for match() or search() that comes from the document is run as it is: JavaScript's RegExp may take
 * exponential time, so take patterns only from documents you trust.
 */
export interface JsonPath {
  readonly source: string
  /** Whether the query selects at most one node, by its form (RFC 9535 §2.3.5.1) or because a function ends it. */
  readonly singular: boolean
  /** The selected nodes' values in the order of RFC 9535 §2.5: the document's own values, no copies. */
  select(root: unknown): unknown[]
  /** The value of a singular query, undefined when it finds nothing; else the array of nodes. */
  get(root: unknown): unknown
  toJSON(): string
}

/**
 * Compiles a query of RFC 9535, strictly.
 *
 * Throws JsonPathSyntaxError for a query that isn't well-formed and valid (RFC 9535 §2.1), is longer than 4096
 * characters, or nests filters, parentheses and calls more than 100 deep.
 */
export function compileJsonPath(source: string): JsonPath {
  return fromQuery(source, parsePath(new Scanner(source, false)))
}

/**
 * Compiles a path in the capability format's dialect; what RFC 9535 accepts keeps its meaning there.
 *
 * Beyond the RFC: blanks around the path; '' and '$.' are the root; 'id' and '@.id' are '$.id'; "$.['id']" is
 * "$['id']"; dot names with any characters but . [ ] ( ) { } * ? ' " \ , < > = ! & |, with blanks inside them except
 * in filters; and an ending .length(), .keys(), .first(), .sum(), .min(), .max() or .avg() over what the path gives,
 * with nothing as its answer where the value has the wrong type or holds no numbers.
 *
 * Throws JsonPathSyntaxError as compileJsonPath does.
 */
export function compileMapping(source: string): JsonPath {
  const strict = tryStrict(source)
  if (strict !== undefined) return fromQuery(source, strict)
  const { query, ending } = parseMapping(source)
  const path = fromQuery(source, query)
  return ending === undefined ? path : endedBy(ending, path)
}

function tryStrict(source: string): Query | undefined {
  if (!source.startsWith('$')) return undefined
  try {
    return parsePath(new Scanner(source, false))
  } catch (error) {
    if (error instanceof JsonPathSyntaxError) return undefined
    throw error
  }
}

function fromQuery(source: string, query: Query): JsonPath {
  if (query.singular) {
    const steps = singularSteps(query)
    return singular(source, (root) => walk(root, steps))
  }
  const visit = compileSegments(query.segments)
  const select = (root: unknown) => {
    const out: unknown[] = []
    visit(root, root, out)
    return out
  }
  return { source, singular: false, select, get: select, toJSON: () => source }
}

function endedBy(ending: Ending, path: JsonPath): JsonPath {
  return singular(path.source, (root) => ending(path.get(root)))
}

function singular(source: string, get: (root: unknown) => unknown): JsonPath {
  const select = (root: unknown) => {
    const value = get(root)
    return value === undefined ? [] : [value]
  }
  return { source, singular: true, select, get, toJSON: () => source }
}
