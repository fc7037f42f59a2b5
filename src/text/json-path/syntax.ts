// The syntax tree of a JSONPath. The parser gives well-typed trees only: what RFC 9535 §2.4.3 forbids, these types can't say.

/** A path from the root or, in a filter, from the node under test (RFC 9535 §2.1). */
export interface Query {
  /** Starts at `$`, the root; otherwise at `@`, the node under test. */
  readonly absolute: boolean
  readonly segments: readonly Segment[]
  /** Selects at most one node, by its form (RFC 9535 §2.3.5.1). */
  readonly singular: boolean
}

/** One `.name`, `[…]`, `..name` or `..[…]` (RFC 9535 §2.5). */
export interface Segment {
  readonly descendant: boolean
  readonly selectors: readonly Selector[]
}

/** What a segment takes from one node (RFC 9535 §2.3). */
export type Selector =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'wildcard' }
  | Slice
  | { readonly type: 'filter'; readonly test: Test }

/** `start:end:step` (RFC 9535 §2.3.4). */
export interface Slice {
  readonly type: 'slice'
  readonly start: number | undefined
  readonly end: number | undefined
  readonly step: number
}

/** What is true or false of a node: LogicalType in RFC 9535 §2.4.1. */
export type Test =
  | { readonly type: 'or' | 'and'; readonly terms: readonly Test[] }
  | { readonly type: 'not'; readonly term: Test }
  | { readonly type: 'exists'; readonly query: Query }
  | { readonly type: 'compare'; readonly operator: Operator; readonly left: Value; readonly right: Value }
  | PatternTest

/** A call of match() or search() (RFC 9535 §2.4.6, §2.4.7). */
export interface PatternTest {
  readonly type: 'match' | 'search'
  readonly text: Value
  readonly pattern: Value
}

/** A comparison operator (RFC 9535 §2.3.5.2.2). */
export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>='

/** What gives one JSON value or Nothing: ValueType in RFC 9535 §2.4.1. Its own query is singular. */
export type Value =
  | { readonly type: 'literal'; readonly value: Literal }
  | { readonly type: 'query'; readonly query: Query }
  | { readonly type: 'length'; readonly of: Value }
  | { readonly type: 'count' | 'value'; readonly of: Query }

/** A literal in a filter. */
export type Literal = string | number | boolean | null
