/** A unit of the grammar, and the fragments that several units have in common. */

export type Dialect = 'alpha2' | 'beta5'

/** What a unit holds, in the notation of grammar.ts. */
export interface Unit {
  readonly keys: Readonly<Record<string, string>>
  /** One of these ways holds at least. */
  readonly any?: readonly string[]
  /** Exactly one of these ways holds. */
  readonly one?: readonly string[]
}

export type Units = Readonly<Record<string, Unit>>

/** What a unit is called, and what is said of it. */
export const titled = { 'display|label|title': 'text', 'tags|': '[text]', description: 'text' } as const

/** What runs: one call or several steps. */
export const runs = {
  call: 'reference',
  with: '{text or number}',
  steps: '<step>+',
  mappings: '[mapping]',
} as const

/** The outputs of a call are a list of what is taken from its answer; those of steps and of mocks have names. */
export const [ofCall, ofSteps, ofMock] = [
  'outputParameters:[mapped]',
  'outputParameters:<orchestrated>',
  'outputParameters outputParameters:<mock>+',
] as const

export const methods = '=GET|POST|PUT|PATCH|DELETE'
export const inputTypes = '=string|number|integer|boolean|array|object'
export const outputTypes = '=string|number|boolean|object|array'
export const languages = '=javascript|python|groovy'
