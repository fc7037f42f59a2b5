/** Consumed APIs: what can be called, and how a call becomes one request (spec §2). */

import type { Report } from '../diagnostics.ts'
import type { BodyPlan, ParameterPlan, RequestPlan, UpstreamLimitsPlan, UpstreamPlan, Value } from '../plan.ts'
import type { Companion } from '../spec/companion.ts'
import type * as doc from '../spec/document.ts'
import { sameSubstance } from '../spec/substance.ts'
import { child } from '../text/pointer.ts'
import { compileAnswer, compileBinary } from './answer.ts'
import { compileUpstreamAuthentication } from './authentication.ts'
import { checkBaseUri } from './base-uri.ts'
import { compileBody, kindOf } from './body.ts'
import { formBody } from './body-kinds.ts'
import type { ConsumedEntry, ConsumedIndex, PlacedInput } from './known.ts'
import { compileStepOutput } from './orchestrated.ts'
import { compileText, lookup, type Scope, unknownName, valueScope, within } from './scope.ts'
import { reportPathless } from './unused.ts'

/** Every consumed operation by namespace and name. Equal namespaces or operation names are faults. */
export function indexConsumes(consumes: readonly doc.Consumes[], report: Report): ConsumedIndex {
  const index = new Map<string, Map<string, ConsumedEntry>>()
  const places = new Map<string, doc.Consumes>()
  for (const entry of consumes) {
    const first = places.get(entry.namespace)
    if (first !== undefined) reportRepeated(entry, first, report)
    if (first === undefined) places.set(entry.namespace, entry)
    const operations = index.get(entry.namespace) ?? new Map<string, ConsumedEntry>()
    index.set(entry.namespace, operations)
    for (const operation of operationsOf(entry, report)) {
      reportPathless(operation, pathVariables(operation.path), report)
      const same = operations.get(operation.name)
      if (same === undefined) operations.set(operation.name, operation)
      else reportSameOperation(operation, same, first === undefined, report)
    }
  }
  return index
}

/** Two entries of one namespace are one API when they go to the same place in the same way; else nobody knows which. */
function reportRepeated(entry: doc.Consumes, first: doc.Consumes, report: Report) {
  const same = sameSubstance({ ...entry, resources: null }, { ...first, resources: null })
  const repeated = { name: entry.namespace, what: 'consumed APIs', first: first.pointer }
  report(same ? 'repeated-name' : 'duplicate-name', entry.pointer, repeated)
}

/** Where the whole API is repeated, its operations are too. */
function reportSameOperation(operation: ConsumedEntry, first: ConsumedEntry, alone: boolean, report: Report) {
  const { name, namespace, pointer } = operation
  const said = ({ method, path, inputs, body }: ConsumedEntry) => ({ method, path, inputs, body })
  const same = sameSubstance(said(operation), said(first))
  const repeated = { name, what: `operations of "${namespace}"`, first: first.pointer }
  if (alone || !same) report(same ? 'repeated-name' : 'duplicate-name', pointer, repeated)
}

function operationsOf(api: doc.Consumes, report: Report): readonly ConsumedEntry[] {
  const resources = child(api.pointer, 'resources')
  return [...api.resources].flatMap(([resourceName, resource]) => {
    const at = child(resources, resourceName)
    return [...resource.operations].map(([name, operation]): ConsumedEntry => {
      const pointer = child(child(at, 'operations'), name)
      const kept = compileStepOutput(operation.outputParameters, report, child(pointer, 'outputParameters'))
      const [answer, binary] = [compileAnswer(operation, report, pointer), compileBinary(operation)]
      return {
        name,
        namespace: api.namespace,
        pointer,
        path: joinedPath(resource.path, operation.path),
        pathPointer: child(at, 'path'),
        method: operation.method,
        ...(operation.description === undefined ? {} : { description: operation.description }),
        inputs: [
          ...placed(api.inputParameters, api.pointer),
          ...placed(resource.inputParameters, at),
          ...placed(operation.inputParameters, pointer),
        ],
        ...(operation.body === undefined ? {} : { body: operation.body }),
        ...(answer === undefined ? {} : { answer }),
        ...(binary === undefined ? {} : { binary }),
        ...(kept === undefined ? {} : { kept }),
      }
    })
  })
}

/** The path of an operation stands below that of its resource, unless it repeats it. */
function joinedPath(resource: string, own: string | undefined): string {
  if (own === undefined || own === '') return resource
  if (resource !== '/' && (own === resource || own.startsWith(`${resource}/`))) return own
  return `${resource.replace(/\/+$/, '')}/${own.replace(/^\/+/, '')}`
}

function placed(inputs: doc.Named<doc.ConsumedInput>, pointer: string): readonly PlacedInput[] {
  return [...inputs].map(([name, input]) => ({ name, input, pointer: child(child(pointer, 'inputParameters'), name) }))
}

/** The operation that `namespace.name` means, or undefined after a report that names what there is. */
export function findConsumed(
  call: string,
  index: ConsumedIndex,
  report: Report,
  pointer: string,
): ConsumedEntry | undefined {
  const dot = call.indexOf('.')
  const [namespace, name] = [call.slice(0, dot), call.slice(dot + 1)]
  const operations = index.get(namespace)
  if (operations === undefined) {
    report('unknown-namespace', pointer, unknownName(namespace, [...index.keys()]))
    return undefined
  }
  const found = operations.get(name)
  if (found === undefined)
    report('unknown-operation', pointer, { ...unknownName(name, [...operations.keys()]), namespace })
  return found
}

/** A consumed API as the runtime opens it. Address and authentication may use binds, never inputs. */
export function compileUpstream(api: doc.Consumes, binds: Scope, companion: Companion, report: Report): UpstreamPlan {
  const at = child(api.pointer, 'baseUri')
  const baseUri = compileText(api.baseUri, binds, report, at)
  const open = api.baseUri === '' || /(?<!\{)\{[^{}]+\}(?!\})/.test(api.baseUri)
  if (open) report('no-address', at, { namespace: api.namespace, value: api.baseUri })
  else if (baseUri.type === 'literal') checkBaseUri(api.baseUri, report, at)
  if (api.tunnel !== undefined) report('no-tunnel', child(api.pointer, 'tunnel'), { namespace: api.namespace })
  const authentication =
    api.authentication &&
    compileUpstreamAuthentication(
      api.authentication,
      api.namespace,
      binds,
      report,
      child(api.pointer, 'authentication'),
    )
  const limits = companion.upstreams.get(api.namespace)
  return {
    namespace: api.namespace,
    baseUri,
    ...(authentication ? { authentication } : {}),
    ...(limits === undefined ? {} : { limits }),
  }
}

interface Surroundings {
  readonly report: Report
  readonly companion: Companion
}

/** One request: every declared parameter in its place, its value decided by the scope of the caller. */
export function compileRequest(
  entry: ConsumedEntry,
  caller: Scope,
  { report, companion }: Surroundings,
  pointer: string,
): RequestPlan {
  const fixed = new Map<string, Value>()
  const scope = within(valueScope(fixed), caller)
  const carried: { readonly in: doc.ConsumedInput['in']; readonly name: string; readonly value: Value }[] = []
  for (const { name, input, pointer: at } of overridden(entry.inputs)) {
    const value =
      input.value === undefined ? lookup(caller, name) : fixedValue(input.value, scope, report, child(at, 'value'))
    if ((input.value !== undefined || input.in === 'environment') && value !== undefined) fixed.set(name, value)
    if (value !== undefined) carried.push({ in: input.in, name, value })
    else if (input.required === true && input.in !== 'path') missing(entry, name, report, pointer)
  }
  const placedIn = (place: doc.ConsumedInput['in']): readonly ParameterPlan[] =>
    carried.filter((c) => c.in === place).map(({ name, value }) => ({ name, value }))
  const body = requestBody(entry, scope, placedIn('body'), report)
  const cookies = placedIn('cookie')
  return {
    upstream: entry.namespace,
    operation: entry.name,
    method: entry.method,
    path: compilePath(entry, scope, report, pointer),
    query: placedIn('query'),
    headers: placedIn('header'),
    ...(cookies.length === 0 ? {} : { cookies }),
    ...(body === undefined ? {} : { body }),
    ...(entry.answer === undefined ? {} : { answer: entry.answer }),
    ...countedBy(carried, companion.upstreams.get(entry.namespace)),
  }
}

/** An operation without such a parameter is counted with the others that have none. */
function countedBy(carried: readonly ParameterPlan[], limits: UpstreamLimitsPlan | undefined) {
  const by = limits?.rateLimit?.by
  if (by === undefined) return {}
  const given = (name: string) => carried.find((one) => one.name === name)?.value
  return { countedBy: by.map((name) => given(name) ?? ({ type: 'literal', value: '' } as const)) }
}

/** Parameters of the operation win over those of its resource and its API. Header names compare without case. */
function overridden(inputs: readonly PlacedInput[]): readonly PlacedInput[] {
  const byPlace = new Map<string, PlacedInput>()
  for (const placed of inputs) {
    const name = placed.input.in === 'header' ? placed.name.toLowerCase() : placed.name
    byPlace.set(`${placed.input.in} ${name}`, placed)
  }
  return [...byPlace.values()]
}

/** A declared value: a text may be a template. */
export function fixedValue(value: string | number | boolean, scope: Scope, report: Report, pointer: string): Value {
  return typeof value === 'string' ? compileText(value, scope, report, pointer) : { type: 'literal', value }
}

function requestBody(
  entry: ConsumedEntry,
  scope: Scope,
  members: readonly ParameterPlan[],
  report: Report,
): BodyPlan | undefined {
  const contentType = contentTypeOf(entry)
  if (entry.body !== undefined) return compileBody(entry.body, scope, report, child(entry.pointer, 'body'), contentType)
  if (members.length === 0) return undefined
  const [only] = members
  if (members.length === 1 && only?.name === 'body') return { type: 'json', value: only.value }
  if (kindOf(contentType) === 'formUrlEncoded') return formBody(members.map(({ name, value }) => [name, value]))
  return { type: 'json', value: { type: 'object', members: members.map(({ name, value }) => [name, value]) } }
}

/** The fixed Content-Type that an operation declares. */
function contentTypeOf({ inputs }: ConsumedEntry): string | undefined {
  const declared = overridden(inputs).find((p) => p.input.in === 'header' && p.name.toLowerCase() === 'content-type')
  return typeof declared?.input.value === 'string' ? declared.input.value : undefined
}

/** Names of the variables of a path: {x}, {{x}} or :x. */
export const pathVariables = (path: string) => [...path.matchAll(pathVariable)].map((m) => m[1] ?? m[2] ?? m[3] ?? '')

const pathVariable = /\{\{\s*([^\s{}]+)\s*\}\}|\{([^\s{}/]+)\}|(?<=\/):([A-Za-z_][\w-]*)/g

function compilePath(entry: ConsumedEntry, scope: Scope, report: Report, pointer: string): readonly (string | Value)[] {
  const parts: (string | Value)[] = []
  // A fragment is never sent (RFC 9110 §7.1); published files use one to tell operations of one path apart.
  const source = `/${entry.path.replace(/^\/+/, '').replace(/#.*$/s, '')}`
  checkBraces(source.replaceAll(pathVariable, ''), source, report, entry.pathPointer)
  let end = 0
  for (const match of source.matchAll(pathVariable)) {
    const name = match[1] ?? match[2] ?? match[3] ?? ''
    if (match.index > end) parts.push(encodeLiteral(source.slice(end, match.index)))
    const value = lookup(scope, name)
    if (value === undefined) missing(entry, name, report, pointer)
    else parts.push(value)
    end = match.index + match[0].length
  }
  if (end < source.length) parts.push(encodeLiteral(source.slice(end)))
  return parts
}

/** Literal text of a path: what a URI can't hold is encoded, half of a character as U+FFFD; what is encoded already stays. */
function encodeLiteral(text: string): string {
  return encodeURI(Buffer.from(text).toString()).replace(/%25([0-9A-Fa-f]{2})/g, '%$1')
}

/** A variable that is not closed would travel upstream as text. `rest` = the path without its variables. */
export function checkBraces(rest: string, path: string, report: Report, pointer: string): boolean {
  if (!/[{}]/.test(rest)) return true
  report('bad-template', pointer, { detail: `"${path}" has a brace that belongs to no {{name}}` })
  return false
}

function missing(entry: ConsumedEntry, name: string, report: Report, pointer: string) {
  report('missing-parameter', pointer, { name, operation: `${entry.namespace}.${entry.name}` })
}
