/** A route of the plan with everything decided at start: which input comes from where, how its text is read, what runs. */

import { looks, rehearses } from '../../artifacts/openapi/requests.ts'
import type { JsonSchema, RouteParameterPlan, RoutePlan } from '../../plan.ts'
import { type Refuse, refusing } from '../../runtime/audit.ts'
import { evaluate } from '../../runtime/evaluate.ts'
import type { Invoke } from '../../runtime/invoke.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { type RequestPoint, requestPoint } from '../../runtime/telemetry/points.ts'
import { coerce } from '../../text/coerce.ts'
import { type Answering, answering } from './answer.ts'
import type { BodyParameter, Reading } from './body.ts'
import { type BodyReader, bodyReader } from './body.ts'
import { bytesPassing, type PassBytes } from './bytes.ts'

export interface Route {
  readonly plan: RoutePlan
  readonly invoke: Invoke
  readonly refuse: Refuse | undefined
  readonly point: RequestPoint
  /** Inputs by path variable, in the order of the path; undefined where nothing reads the variable. */
  readonly path: readonly (Line | undefined)[]
  readonly query: ReadonlyMap<string, Line>
  readonly headers: readonly Line[]
  readonly cookies: readonly Line[]
  readonly body: readonly BodyParameter[]
  readonly bodyKeys: ReadonlySet<string>
  /** The one input that the body is, if one is. */
  readonly whole: BodyParameter | undefined
  /** Whether inputs are found in the body by paths, so that what none of them reaches is no stray. */
  readonly readsPaths: boolean
  readonly reader: BodyReader
  readonly constants: readonly (readonly [name: string, value: unknown])[]
  /** Names of all inputs of the operation. */
  readonly inputs: ReadonlySet<string>
  /** Whether `?dry_run=true` tells what would be sent. */
  readonly rehearses: boolean
  /** Whether `?check=true` looks before it writes. */
  readonly looks: boolean
  readonly answering: Answering
  readonly passBytes: PassBytes | undefined
}

type Placed<In extends RouteParameterPlan['in']> = RouteParameterPlan & { readonly in: In }

/** A parameter that is carried as text. `key` is in lower case for a header, as Node has it. */
export interface Line extends Reading {
  readonly key: string
  readonly name: string
}

/** Gets a route of the plan ready. */
export function prepareRoute(plan: RoutePlan, runtime: Runtime): Route {
  const placed = <In extends RouteParameterPlan['in']>(place: In) =>
    plan.parameters.filter((p): p is Placed<In> => p.in === place)
  const properties = (plan.operation.input.schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const line = ({ key, name, as }: Placed<'path' | 'query' | 'header' | 'cookie'>): Line => ({
    key,
    name,
    ...readingOf({ type: as, items: properties[name]?.items ?? {} }),
  })
  const paths = placed('path').map(line)
  const variables = plan.segments.flatMap((s) => ('variable' in s ? [s.variable] : []))
  const body = placed('body').map((p) => bodyParameter(p, properties[p.name] ?? {}))
  return {
    plan,
    invoke: runtime.invoke(plan.operation),
    refuse: refusing(plan.operation, runtime.context),
    point: pointOf(plan, runtime),
    path: variables.map((variable) => paths.find((p) => p.key === variable)),
    query: new Map(placed('query').map((p) => [p.key, line(p)])),
    headers: placed('header').map((p) => ({ ...line(p), key: p.key.toLowerCase() })),
    cookies: placed('cookie').map(line),
    body,
    reader: bodyReader(body, properties),
    bodyKeys: new Set(body.map((p) => p.key)),
    whole: body.find((p) => p.whole === true),
    readsPaths: body.some((p) => p.path !== undefined),
    constants: placed('constant').flatMap((p) => constantOf(p, runtime)),
    inputs: new Set(Object.keys(properties)),
    rehearses: rehearses(plan),
    looks: looks(plan),
    answering: answering(plan),
    passBytes: bytesPassing(plan),
  }
}

/** The query keys that ask for a rehearsal, and for a look at what is there. */
export const dryRun = 'dry_run'
export const check = 'check'

function bodyParameter(p: Placed<'body'>, schema: JsonSchema): BodyParameter {
  if (p.whole !== true) return { ...p, ...readingOf(schema) }
  const members = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const fieldReading = (field: string) => (Object.hasOwn(members, field) ? readingOf(members[field] ?? {}) : undefined)
  return { ...p, ...readingOf(schema), fieldReading }
}

function readingOf({ type, items, format }: JsonSchema): Reading {
  const own = typeName(type)
  if (own !== 'array') return { isList: false, isBytes: format === 'byte', read: (text) => coerce(own, text) }
  const element = (items ?? {}) as JsonSchema
  const elementType = typeName(element.type)
  return { isList: true, isBytes: element.format === 'byte', read: (text) => coerce(elementType, text) }
}

/** Of several types the first that is not null: text can't be null. */
function typeName(type: unknown): unknown {
  return Array.isArray(type) ? type.find((one) => one !== 'null') : type
}

function pointOf({ path, method }: RoutePlan, { context }: Runtime): RequestPoint {
  return requestPoint(context, 'rest', `${path} ${method}`, { 'http.request.method': method })
}

/** None where an optional variable has no value. A text is read as the declared type, like one that is sent. */
function constantOf({ name, value, as }: Placed<'constant'>, { context }: Runtime) {
  const given = evaluate(value, {}, context.binds)
  if (given === undefined) return []
  return [[name, typeof given === 'string' ? coerce(as, given) : given] as const]
}
