/** MCP resources -> folders, and operations whose inputs are the variables of a URI (spec-servers §4.8). */

import type { Report } from '../diagnostics.ts'
import type { DynamicResourcePlan, Json, OperationPlan, ResourcePlan, StaticResourcePlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { bytesOf, limited } from './answer.ts'
import type { Known } from './known.ts'
import { calledMethods } from './methods.ts'
import { compileInline } from './operations.ts'
import { reportSharedUris } from './resource-uris.ts'

/** The resources of a surface, in the order of the text, without those that a fault leaves nothing of. */
export function compileResources(surface: doc.ExposesMcp, known: Known): readonly ResourcePlan[] {
  const at = child(surface.pointer, 'resources')
  reportSharedUris(surface.resources, at, known.report)
  return [...surface.resources].flatMap(([name, resource]) => {
    const place = { name, surface, pointer: child(at, name), known }
    const { location } = resource
    const compiled =
      location === undefined ? compileDynamic(resource, place) : compileStatic({ ...resource, location }, place)
    return compiled === undefined ? [] : [compiled]
  })
}

interface Place {
  readonly name: string
  readonly surface: doc.ExposesMcp
  readonly pointer: string
  readonly known: Known
}

const described = (name: string, { display, description, mimeType }: doc.McpResource) => ({
  name,
  title: display ?? name,
  description: description ?? '',
  ...(mimeType === undefined ? {} : { mimeType }),
})

function compileStatic(resource: doc.McpResource & { readonly location: string }, place: Place): StaticResourcePlan {
  const { name, surface, pointer, known } = place
  const { location, maxBytes } = { ...resource, maxBytes: surface.maxBinarySize }
  const idle = (['with', 'mappings', 'outputParameters', 'binary'] as const).filter((key) => isSaid(resource[key]))
  for (const key of idle) known.report('ignored-key', child(pointer, key), { key, beside: 'location' })
  if (/[{}]/.test(resource.uri)) reportUri(resource, 'has a brace, but a folder has one URI', place)
  return {
    type: 'static',
    ...described(name, resource),
    // Files stand below it, after a slash of their own.
    uri: resource.uri.replace(/(?<=[^/:])\/+$/, ''),
    location,
    ...(maxBytes === undefined ? {} : { maxBytes: bytesOf(maxBytes) }),
  }
}

/** Whether a key is there: `with` always is, and may be empty. */
const isSaid = (value: unknown) => value !== undefined && !(value instanceof Map && value.size === 0)

function compileDynamic(resource: doc.McpResource, place: Place): DynamicResourcePlan | undefined {
  const { name, surface, pointer, known } = place
  const parts = compileUri(resource, place)
  const variables = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.input]))
  const inputParameters = new Map(variables.map((variable) => [variable, { type: 'string', required: true } as const]))
  const unit = {
    ...resource,
    with: inBraces(resource, variables, place),
    inputParameters,
    own: variables,
    closed: true,
  }
  const named = resourceName(name, surface.tools)
  const report = aboutUri(pointer, known.report)
  const whole = compileInline(unit, `${surface.namespace}.${named}`, surface.namespace, pointer, undefined, {
    ...known,
    report,
  })
  if (resource.call !== undefined && resource.steps === undefined && resource.mappings !== undefined)
    known.report('ignored-key', child(pointer, 'mappings'), { key: 'mappings', beside: 'call' })
  if (whole === undefined) return undefined
  reportUnsafe(whole, resource, place)
  reportBinary(whole, resource, place)
  const operation = limited(whole, surface, named)
  return { type: 'dynamic', ...described(name, resource), uri: resource.uri, parts, operation }
}

/** What the operation of a resource is called below its surface. Whoever calls by the name of a tool means the tool. */
export function resourceName(name: string, tools: doc.ExposesMcp['tools']): string {
  return tools.has(name) ? `resources.${name}` : name
}

/** An input of a resource is declared by its URI. */
function aboutUri(pointer: string, report: Report): Report {
  const inputs = `${child(pointer, 'inputParameters')}/`
  return (code, at, args) => report(code, at.startsWith(inputs) ? child(pointer, 'uri') : at, args)
}

const variable = /\{([A-Za-z0-9_]+)\}/

/** Level 1 of RFC 6570: literal text and variables of letters, digits and `_`, each once and apart from the next. */
function compileUri(resource: doc.McpResource, place: Place): DynamicResourcePlan['parts'] {
  const pieces = resource.uri.split(variable)
  const [texts, names] = [pieces.filter((_, i) => i % 2 === 0), pieces.filter((_, i) => i % 2 === 1)]
  const repeated = names.find((name, i) => names.indexOf(name) < i)
  if (texts.some((text) => /[{}]/.test(text)))
    reportUri(resource, 'has a brace that belongs to no variable, which is written {name}', place)
  else if (repeated !== undefined) reportUri(resource, `has {${repeated}} twice`, place)
  else if (texts.slice(1, -1).includes('')) reportUri(resource, 'has two variables with nothing between them', place)
  return pieces.flatMap((piece, i): DynamicResourcePlan['parts'] =>
    i % 2 === 1 ? [{ input: piece }] : piece === '' ? [] : [piece],
  )
}

function reportUri({ uri }: doc.McpResource, rule: string, { pointer, known }: Place) {
  known.report('wrong-value', child(pointer, 'uri'), { value: JSON.stringify(uri), rule })
}

/** A variable written as in the URI, `{id}`, means its value: the published examples write it so. */
function inBraces(
  resource: doc.McpResource,
  variables: readonly string[],
  { pointer, known }: Place,
): doc.Unit['with'] {
  const read = (key: string, value: Json): Json => {
    if (typeof value !== 'string') return value
    const meant = value.replace(/(?<!\{)\{([A-Za-z0-9_]+)\}(?!\})/g, (whole, name) =>
      variables.includes(name) ? `{{${name}}}` : whole,
    )
    if (meant !== value)
      known.report('read-as', child(child(pointer, 'with'), key), { found: `"${value}"`, meant: `"${meant}"` })
    return meant
  }
  return new Map([...resource.with].map(([key, value]) => [key, read(key, value)]))
}

/** Clients read resources without asking anybody. */
function reportUnsafe({ semantics, run }: OperationPlan, { steps }: doc.McpResource, { name, pointer, known }: Place) {
  if (semantics.safe === true) return
  const methods = [...new Set(calledMethods(run))].filter((method) => method !== 'GET').join(' and ')
  known.report('unsafe-resource', child(pointer, steps === undefined ? 'call' : 'steps'), { name, methods })
}

/** The consumed operation decides; what the resource says of it has to agree. */
function reportBinary({ output }: OperationPlan, { binary }: doc.McpResource, { pointer, known }: Place) {
  const isBinary = output.binary !== undefined
  if (binary === undefined || binary === isBinary) return
  known.report('contradicting-binary', child(pointer, 'binary'), { binary, answers: isBinary ? 'bytes' : 'text' })
}
