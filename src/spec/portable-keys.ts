/** What each place of a capability may hold in the two published formats: facts about them, in one table. */

export interface Shape {
  /** Where, as in lint/rule.ts. */
  readonly path: string
  /** Keys both formats take, blank-separated. */
  readonly both: string
  readonly beta5?: string
  readonly alpha2?: string
  /** Keys both formats ask for. */
  readonly required?: string
  /** A collection of named entries: a map in beta5, a list with `name` in alpha2. */
  readonly named?: true
}

const consumes = 'capability/consumes'
const exposes = 'capability/exposes'
const titled = { beta5: 'display tags', alpha2: 'label name' } as const

export const shapes: readonly Shape[] = [
  { path: 'info', both: 'description tags created modified stakeholders', beta5: 'display version', alpha2: 'label' },
  ...['binds/*', 'capability/binds/*'].map(
    (path): Shape => ({ path, both: 'namespace description location keys import as from' }),
  ),
  { path: 'capability', both: 'binds consumes aggregates exposes' },
  {
    path: `${consumes}/*`,
    both: 'type namespace description baseUri inputParameters authentication resources import as',
    beta5: 'tunnel from',
    alpha2: 'location',
  },
  { path: `${consumes}/*/resources/*`, both: 'description inputParameters operations path', ...titled, named: true },
  {
    path: `${consumes}/*/resources/*/operations/*`,
    both: 'body description inputParameters method outputParameters outputRawFormat outputSchema',
    beta5: 'display tags mappings maxBinarySize outputMediaType',
    alpha2: 'label name',
    named: true,
  },
  ...['', '/resources/*', '/resources/*/operations/*'].map(
    (below): Shape => ({
      path: `${consumes}/*${below}/inputParameters/*`,
      both: 'in value',
      alpha2: 'name',
      named: true,
    }),
  ),
  {
    path: 'capability/aggregates/*',
    both: 'namespace import as',
    beta5: 'display flows from description',
    alpha2: 'label functions location',
  },
  {
    path: 'capability/aggregates/*/flows|functions/*',
    both: 'call description inputParameters mappings outputParameters semantics steps with',
    beta5: 'tags outputMediaType',
    alpha2: 'name',
    required: 'description',
    named: true,
  },
  {
    path: `${exposes}/*`,
    both: 'type address authentication namespace port resources tools prompts transport skills management observability description import as',
    beta5: 'maxBinarySize cacheScope ttlMs from',
    alpha2: 'location',
  },
  {
    path: `${exposes}/*/tools/*`,
    both: 'call description hints inputParameters mappings outputParameters ref steps with',
    ...titled,
    named: true,
  },
  {
    path: `${exposes}/*/tools/*/inputParameters/*`,
    both: 'type description required',
    alpha2: 'name',
    required: 'type description',
    named: true,
  },
  {
    path: `${exposes}/*/resources/*/operations/*`,
    both: 'call description inputParameters mappings method outputParameters ref steps with',
    beta5: 'display tags responses responseBinary',
    alpha2: 'label name',
    named: true,
  },
  ...['', '/operations/*'].map(
    (below): Shape => ({
      path: `${exposes}/*/resources/*${below}/inputParameters/*`,
      both: 'in type description pattern value',
      alpha2: 'name',
      required: 'description',
      named: true,
    }),
  ),
  {
    path: `${exposes}/*/skills/*/tools/*`,
    both: 'description from instruction',
    alpha2: 'name',
    required: 'description',
    named: true,
  },
]

/** Keys of authentication by its type, the same in both formats. */
export const authenticationKeys: Readonly<Record<string, string>> = {
  basic: 'type username password',
  bearer: 'type token',
  apikey: 'type key value placement',
}
