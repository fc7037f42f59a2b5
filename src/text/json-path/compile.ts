import { comparisons } from './compare.ts'
import { childrenOf, isObject, nameStep, type Step, take, walk } from './nodes.ts'
import { compileRegexp } from './regexp.ts'
import type { Operator, PatternTest, Query, Segment, Selector, Slice, Test, Value } from './syntax.ts'

/** Adds to `out` what the rest of a query selects below one node. */
export type Visit = (node: unknown, root: unknown, out: unknown[]) => void

/** Whether a filter keeps a node. */
type Check = (node: unknown, root: unknown) => boolean

/** The value of an operand, `undefined` standing for Nothing. */
type Read = (node: unknown, root: unknown) => unknown

/**
 * Compiles segments to one function that walks depth first, which gives the order of RFC 9535 §2.5 without a
 * node list between segments. Runs of single names and indexes become one step list.
 */
export function compileSegments(segments: readonly Segment[]): Visit {
  let visit = keep
  let steps: readonly Step[] = []
  for (const segment of segments.toReversed()) {
    const step = singularStep(segment)
    if (step === undefined) {
      visit = compileSegment(segment, follow(steps, visit))
      steps = []
    } else steps = [step, ...steps]
  }
  return follow(steps, visit)
}

/** The steps of a singular query. */
export function singularSteps(query: Query): readonly Step[] {
  return query.segments.flatMap((segment) => singularStep(segment) ?? [])
}

function singularStep(segment: Segment): Step | undefined {
  const [first, ...others] = segment.selectors
  if (first === undefined || others.length > 0 || segment.descendant) return undefined
  if (first.type === 'name') return nameStep(first.name)
  return first.type === 'index' ? first.index : undefined
}

const keep: Visit = (node, _root, out) => {
  out.push(node)
}

function follow(steps: readonly Step[], next: Visit): Visit {
  const [first, ...others] = steps
  if (first === undefined) return next
  if (others.length === 0) return followStep(first, next)
  return (node, root, out) => {
    const found = walk(node, steps)
    if (found !== undefined) next(found, root, out)
  }
}

function followStep(step: Step, next: Visit): Visit {
  return (node, root, out) => {
    const found = take(node, step)
    if (found !== undefined) next(found, root, out)
  }
}

function compileSegment(segment: Segment, next: Visit): Visit {
  const visits = segment.selectors.map((selector) => compileSelector(selector, next))
  const [first, ...others] = visits
  const visit = first !== undefined && others.length === 0 ? first : inTurn(visits)
  return segment.descendant ? descend(visit) : visit
}

function inTurn(visits: readonly Visit[]): Visit {
  return (node, root, out) => {
    for (const visit of visits) visit(node, root, out)
  }
}

/** Visits a node and all below it in document order, on a stack of its own: documents may nest deeper than JavaScript's. */
function descend(visit: Visit): Visit {
  return (node, root, out) => {
    const pending: unknown[] = [node]
    while (pending.length > 0) {
      const current = pending.pop()
      visit(current, root, out)
      pushContainers(current, pending)
    }
  }
}

/** Pushes the last child first, so that the first is popped first. Only arrays and objects have anything to select. */
function pushContainers(node: unknown, pending: unknown[]): void {
  const children = childrenOf(node)
  for (let at = children.length - 1; at >= 0; at--) {
    const child = children[at]
    if (typeof child === 'object' && child !== null) pending.push(child)
  }
}

function compileSelector(selector: Selector, next: Visit): Visit {
  switch (selector.type) {
    case 'name':
      return followStep(nameStep(selector.name), next)
    case 'index':
      return followStep(selector.index, next)
    case 'wildcard':
      return eachChild(next)
    case 'slice':
      return slice(selector, next)
    case 'filter':
      return eachChildThat(compileTest(selector.test), next)
  }
}

function eachChild(next: Visit): Visit {
  return (node, root, out) => {
    for (const child of childrenOf(node)) next(child, root, out)
  }
}

function eachChildThat(check: Check, next: Visit): Visit {
  return (node, root, out) => {
    for (const child of childrenOf(node)) if (check(child, root)) next(child, root, out)
  }
}

/** RFC 9535 §2.3.4.2.2. */
function slice({ start, end, step }: Slice, next: Visit): Visit {
  return (node, root, out) => {
    if (!Array.isArray(node)) return
    const { length } = node
    if (step > 0) {
      const stop = bound(end ?? length, length, 0, length)
      for (let at = bound(start ?? 0, length, 0, length); at < stop; at += step) next(node[at], root, out)
    } else if (step < 0) {
      const stop = end === undefined ? -1 : bound(end, length, -1, length - 1)
      for (let at = bound(start ?? length - 1, length, -1, length - 1); at > stop; at += step) next(node[at], root, out)
    }
  }
}

function bound(index: number, length: number, low: number, high: number): number {
  return Math.min(Math.max(index < 0 ? length + index : index, low), high)
}

function compileTest(test: Test): Check {
  switch (test.type) {
    case 'or':
      return test.terms.map(compileTest).reduce((left, right) => (node, root) => left(node, root) || right(node, root))
    case 'and':
      return test.terms.map(compileTest).reduce((left, right) => (node, root) => left(node, root) && right(node, root))
    case 'not': {
      const check = compileTest(test.term)
      return (node, root) => !check(node, root)
    }
    case 'exists':
      return compileExistence(test.query)
    case 'compare':
      return compileComparison(test.operator, test.left, test.right)
    case 'match':
    case 'search':
      return compilePattern(test)
  }
}

function compileExistence(query: Query): Check {
  if (query.singular) {
    const read = compileSingular(query)
    return (node, root) => read(node, root) !== undefined
  }
  const nodes = compileNodes(query)
  return (node, root) => nodes(node, root).length > 0
}

function compileNodes(query: Query): (node: unknown, root: unknown) => unknown[] {
  const { absolute } = query
  const visit = compileSegments(query.segments)
  return (node, root) => {
    const out: unknown[] = []
    visit(absolute ? root : node, root, out)
    return out
  }
}

function compileSingular(query: Query): Read {
  const steps = singularSteps(query)
  const [first, ...others] = steps
  if (query.absolute) return (_node, root) => walk(root, steps)
  if (first !== undefined && others.length === 0) return (node) => take(node, first)
  return (node) => walk(node, steps)
}

function compileValue(value: Value): Read {
  switch (value.type) {
    case 'literal': {
      const { value: literal } = value
      return () => literal
    }
    case 'query':
      return compileSingular(value.query)
    case 'length': {
      const read = compileValue(value.of)
      return (node, root) => lengthOf(read(node, root))
    }
    case 'count': {
      const nodes = compileNodes(value.of)
      return (node, root) => nodes(node, root).length
    }
    case 'value': {
      const nodes = compileNodes(value.of)
      return (node, root) => onlyOne(nodes(node, root))
    }
  }
}

/** RFC 9535 §2.4.4: a string's length is in Unicode scalar values. */
function lengthOf(value: unknown): number | undefined {
  if (typeof value === 'string') return [...value].length
  if (Array.isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : undefined
}

function onlyOne(nodes: readonly unknown[]): unknown {
  return nodes.length === 1 ? nodes[0] : undefined
}

function compileComparison(operator: Operator, left: Value, right: Value): Check {
  const compare = comparisons[operator]
  const readLeft = compileValue(left)
  if (right.type === 'literal') {
    const limit = right.value
    return (node, root) => compare(readLeft(node, root), limit)
  }
  const readRight = compileValue(right)
  return (node, root) => compare(readLeft(node, root), readRight(node, root))
}

/** RFC 9535 §2.4.6 and §2.4.7. A pattern that isn't an I-Regexp, or isn't text, matches nothing. */
function compilePattern({ type, text, pattern }: PatternTest): Check {
  const readText = compileValue(text)
  const readPattern = compileValue(pattern)
  let latest: unknown
  let regexp: RegExp | undefined
  return (node, root) => {
    const value = readText(node, root)
    const source = readPattern(node, root)
    // Even a pattern from the document is mostly the same for all nodes.
    if (source !== latest) {
      latest = source
      regexp = typeof source === 'string' ? compileRegexp(source, type === 'match') : undefined
    }
    return typeof value === 'string' && regexp !== undefined && regexp.test(value)
  }
}
