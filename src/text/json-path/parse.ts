import { parseInteger, parseNumber, parseString } from './literals.ts'
import type { Scanner } from './scanner.ts'
import type { Literal, Operator, PatternTest, Query, Segment, Selector, Test, Value } from './syntax.ts'

const BRACKETS = "a name with other characters goes in brackets: ['imo-number']"

/** Reads a whole path, which starts at `$` (RFC 9535 §2.1). Throws JsonPathSyntaxError. */
export function parsePath(scanner: Scanner): Query {
  if (!scanner.accept('$')) scanner.expected('$, where a path starts')
  return parseToEnd(scanner, [])
}

/** Reads a path's segments to its end, `first` having been read before. Throws JsonPathSyntaxError. */
export function parseToEnd(scanner: Scanner, first: readonly Segment[]): Query {
  const query = parseQuery(scanner, true, first)
  if (!scanner.done) scanner.expected(`'.', '..', '[' or the end (${BRACKETS})`)
  return query
}

/** Reads the segments after a `$` or `@` (RFC 9535 §2.5). */
function parseQuery(scanner: Scanner, absolute: boolean, first: readonly Segment[] = []): Query {
  const segments = [...first]
  for (;;) {
    const end = scanner.offset
    scanner.skipBlanks()
    const segment = parseSegment(scanner)
    if (segment === undefined) {
      // Blanks after the last segment aren't the query's: at the end of a whole path they are an error.
      scanner.offset = end
      return { absolute, segments, singular: segments.every(isSingular) }
    }
    segments.push(segment)
  }
}

function isSingular(segment: Segment): boolean {
  const type = segment.selectors.length === 1 ? segment.selectors[0]?.type : undefined
  return !segment.descendant && (type === 'name' || type === 'index')
}

function parseSegment(scanner: Scanner): Segment | undefined {
  const descendant = scanner.accept('..')
  // Jayway reads $.['a'] as $['a'].
  if (scanner.lenient && !descendant && scanner.looksAt('.[')) scanner.offset++
  if (scanner.peek() === '[') return { descendant, selectors: parseBrackets(scanner) }
  if (descendant || scanner.accept('.')) return { descendant, selectors: [parseDotted(scanner)] }
  return undefined
}

const SHORTHAND = /[A-Za-z_\u0080-\ud7ff\ue000-\u{10ffff}][\w\u0080-\ud7ff\ue000-\u{10ffff}]*/uy
const LENIENT = /[^\s.[\](){}*?'"\\,<>=!&|]+(?:[ \t]+[^\s.[\](){}*?'"\\,<>=!&|]+)*/y
const LENIENT_IN_FILTER = /[^\s.[\](){}*?'"\\,<>=!&|]+/y

/** Reads `*` or a name without quotes. Throws JsonPathSyntaxError. */
export function parseDotted(scanner: Scanner): Selector {
  if (scanner.accept('*')) return { type: 'wildcard' }
  const lenient = scanner.nested ? LENIENT_IN_FILTER : LENIENT
  const name = scanner.match(scanner.lenient ? lenient : SHORTHAND)
  if (name === undefined) scanner.expected(`a name or * (${BRACKETS})`)
  return { type: 'name', name }
}

function parseBrackets(scanner: Scanner): Selector[] {
  const selectors: Selector[] = []
  scanner.accept('[')
  do {
    scanner.skipBlanks()
    selectors.push(parseSelector(scanner))
    scanner.skipBlanks()
  } while (scanner.accept(','))
  if (!scanner.accept(']')) scanner.expected("',' or ']'")
  return selectors
}

function parseSelector(scanner: Scanner): Selector {
  if (isQuote(scanner.peek())) return { type: 'name', name: parseString(scanner) }
  if (scanner.accept('*')) return { type: 'wildcard' }
  if (scanner.accept('?')) return { type: 'filter', test: scanner.nest(() => parseTest(scanner)) }
  const index = parseInteger(scanner)
  const end = scanner.offset
  scanner.skipBlanks()
  if (scanner.accept(':')) return parseSlice(scanner, index)
  scanner.offset = end
  if (index === undefined) scanner.expected('a quoted name, an index, a slice, * or a filter ?')
  return { type: 'index', index }
}

function parseSlice(scanner: Scanner, start: number | undefined): Selector {
  scanner.skipBlanks()
  const end = parseInteger(scanner)
  scanner.skipBlanks()
  if (!scanner.accept(':')) return { type: 'slice', start, end, step: 1 }
  scanner.skipBlanks()
  return { type: 'slice', start, end, step: parseInteger(scanner) ?? 1 }
}

function isQuote(char: string): boolean {
  return char === "'" || char === '"'
}

/** Reads a logical expression (RFC 9535 §2.3.5.1) with the blanks around it. */
function parseTest(scanner: Scanner): Test {
  const terms: Test[] = []
  do terms.push(parseConjunction(scanner))
  while (scanner.accept('||'))
  return joined('or', terms)
}

function parseConjunction(scanner: Scanner): Test {
  const terms: Test[] = []
  do {
    scanner.skipBlanks()
    terms.push(parseTerm(scanner))
    scanner.skipBlanks()
  } while (scanner.accept('&&'))
  return joined('and', terms)
}

function joined(type: 'or' | 'and', terms: readonly Test[]): Test {
  const [first] = terms
  return first !== undefined && terms.length === 1 ? first : { type, terms }
}

function parseTerm(scanner: Scanner): Test {
  const negated = scanner.accept('!')
  if (negated) scanner.skipBlanks()
  const term = scanner.accept('(') ? parseParentheses(scanner) : parseComparison(scanner, negated)
  return negated ? { type: 'not', term } : term
}

function parseParentheses(scanner: Scanner): Test {
  const test = scanner.nest(() => parseTest(scanner))
  if (!scanner.accept(')')) scanner.expected("')'")
  return test
}

function parseComparison(scanner: Scanner, negated: boolean): Test {
  const left = parseOperand(scanner)
  scanner.skipBlanks()
  const at = scanner.offset
  const operator = scanner.match(/[=!]=|[<>]=?/y)
  if (operator === undefined && scanner.peek() === '=') scanner.fail('Compare with ==')
  if (operator === undefined) return asTest(scanner, left)
  if (negated) scanner.fail('Put a negated comparison in parentheses: !(@.a == 1)', at)
  scanner.skipBlanks()
  const right = parseOperand(scanner)
  return {
    type: 'compare',
    operator: operator as Operator,
    left: asValue(scanner, left),
    right: asValue(scanner, right),
  }
}

/** An operand before its place says which type it must have; a query here may select many nodes. */
interface Operand {
  readonly node: Value | PatternTest
  readonly offset: number
}

function parseOperand(scanner: Scanner): Operand {
  const offset = scanner.offset
  return { node: parseOperandNode(scanner), offset }
}

function parseOperandNode(scanner: Scanner): Value | PatternTest {
  if (isQuote(scanner.peek())) return literal(parseString(scanner))
  if (scanner.accept('@')) return { type: 'query', query: parseQuery(scanner, false) }
  if (scanner.accept('$')) return { type: 'query', query: parseQuery(scanner, true) }
  const number = parseNumber(scanner)
  if (number !== undefined) return literal(number)
  const start = scanner.offset
  const word = scanner.match(/[a-z][a-z0-9_]*/y)
  if (word === undefined) return scanner.expected('@, $, a literal or a function')
  if (scanner.accept('(')) return parseCall(scanner, word, start)
  const constant = CONSTANTS.get(word)
  if (constant === undefined) return scanner.fail(`Unknown word '${word}': quote it, or start a path with @`, start)
  return literal(constant)
}

const CONSTANTS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
])

function literal(value: Literal): Value {
  return { type: 'literal', value }
}

const ARITY: ReadonlyMap<string, number> = new Map([
  ['length', 1],
  ['count', 1],
  ['value', 1],
  ['match', 2],
  ['search', 2],
])

/** Reads a call (RFC 9535 §2.4) after its opening parenthesis and checks its arguments' number and types. */
function parseCall(scanner: Scanner, name: string, start: number): Value | PatternTest {
  const arity = ARITY.get(name)
  if (arity === undefined) return scanner.fail(`Unknown function ${name}(): use ${[...ARITY.keys()].join(', ')}`, start)
  const [first, second, ...others] = scanner.nest(() => parseArguments(scanner))
  if (first !== undefined && second === undefined && arity === 1) {
    if (name === 'length') return { type: 'length', of: asValue(scanner, first) }
    return { type: name === 'count' ? 'count' : 'value', of: asNodes(scanner, first, name) }
  }
  if (first !== undefined && second !== undefined && arity === 2 && others.length === 0) {
    const type = name === 'match' ? 'match' : 'search'
    return { type, text: asValue(scanner, first), pattern: asValue(scanner, second) }
  }
  return scanner.fail(`${name}() takes ${arity === 1 ? 'one argument' : 'two arguments'}`, start)
}

function parseArguments(scanner: Scanner): Operand[] {
  const operands: Operand[] = []
  scanner.skipBlanks()
  if (scanner.accept(')')) return operands
  do {
    scanner.skipBlanks()
    operands.push(parseOperand(scanner))
    scanner.skipBlanks()
  } while (scanner.accept(','))
  // No function takes a logical expression, so an operator here is a type error as much as a syntax error.
  if (!scanner.accept(')')) scanner.expected("',' or ')' after an argument")
  return operands
}

function isPatternTest(node: Value | PatternTest): node is PatternTest {
  return node.type === 'match' || node.type === 'search'
}

function asTest(scanner: Scanner, { node, offset }: Operand): Test {
  if (isPatternTest(node)) return node
  if (node.type === 'query') return { type: 'exists', query: node.query }
  if (node.type === 'literal') return scanner.fail('A literal alone is no test: compare it with something', offset)
  return scanner.fail(`${node.type}() gives a value: compare it with something`, offset)
}

function asValue(scanner: Scanner, { node, offset }: Operand): Value {
  if (isPatternTest(node)) {
    return scanner.fail(`${node.type}() gives true or false: it can't be compared or passed on`, offset)
  }
  if (node.type === 'query' && !node.query.singular) {
    return scanner.fail('This path may select many nodes where one value is needed: try count() or value()', offset)
  }
  return node
}

function asNodes(scanner: Scanner, { node, offset }: Operand, name: string): Query {
  return node.type === 'query' ? node.query : scanner.fail(`${name}() takes a path that starts with @ or $`, offset)
}
