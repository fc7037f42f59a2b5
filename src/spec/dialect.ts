/** Reads either dialect (lists of naftiko alpha1/alpha2, maps of ikanos alpha3 and later) into the one document. */

import type { Report } from '../diagnostics.ts'
import type { Json } from '../plan.ts'
import { child } from '../text/pointer.ts'
import type * as doc from './document.ts'
import { readMappings, readStep } from './steps.ts'
import { sameSubstance } from './substance.ts'

type Raw = Readonly<Record<string, unknown>>

/** Reads a value that our schema accepts. Duplicate names of lists are reported; the first one is kept. */
export function readDocument(value: unknown, report: Report): doc.Document {
  const root = value as Raw
  const capability = raw(root.capability)
  const info = raw(root.info)
  const reader = createReader(report)
  return {
    format: 'ikanos' in root ? `ikanos ${String(root.ikanos)}` : `naftiko ${String(root.naftiko)}`,
    info: {
      ...copy(info, ['description', 'version', 'created', 'modified']),
      ...optional('display', text(info.display ?? info.label ?? info.title)),
      tags: list(info.tags) as readonly string[],
    },
    binds: [
      ...reader.section(root.binds, '/binds', binding),
      ...reader.section(capability.binds, '/capability/binds', binding),
    ],
    consumes: reader.section(capability.consumes, '/capability/consumes', consumes),
    aggregates: reader.section(capability.aggregates, '/capability/aggregates', aggregate),
    exposes: reader.section(capability.exposes, '/capability/exposes', exposes),
  }
}

/** Reads collections, which need to know where they stand to report a name that occurs twice. */
interface Reader {
  section<T>(entries: unknown, pointer: string, read: (entry: Raw, at: string, reader: Reader) => T): readonly T[]
  /** A named collection: a map, or a list whose items carry their `name` (else the name that `fallback` gives). */
  named<T>(
    collection: unknown,
    pointer: string,
    what: string,
    read: (item: Raw, at: string) => T,
    fallback?: (item: Raw, index: number, taken: ReadonlyMap<string, T>) => string,
  ): doc.Named<T>
}

/** Collections whose entries are told apart by what they say; of tools and flows the words matter to who chooses. */
const mayRepeat = new Set(['resources', 'operations', 'parameters'])

function createReader(report: Report): Reader {
  const reader: Reader = {
    section(entries, pointer, read) {
      if (Array.isArray(entries)) {
        return entries.flatMap((entry, i) => (entry === null ? [] : [read(raw(entry), child(pointer, i), reader)]))
      }
      const named = Object.entries(raw(entries))
      return named.map(([key, entry]) => read({ ...raw(entry), namespace: key }, child(pointer, key), reader))
    },
    named(collection, pointer, what, read, fallback = (_, i) => String(i)) {
      const found = new Map<string, ReturnType<typeof read>>()
      if (!Array.isArray(collection)) {
        for (const [name, item] of Object.entries(raw(collection)))
          found.set(name, read(raw(item), child(pointer, name)))
        return found
      }
      collection.forEach((entry, index) => {
        if (entry === null) return
        const item = raw(entry)
        const name = typeof item.name === 'string' ? item.name : fallback(item, index, found)
        const at = child(pointer, index)
        const repeated = { name, what, first: child(pointer, name) }
        if (!found.has(name)) found.set(name, read(item, at))
        else if (mayRepeat.has(what) && sameSubstance(read(item, at), found.get(name)))
          report('repeated-name', at, repeated)
        else if (what === 'resources') {
          // The name of a resource is only a label: what is called are its operations.
          report('repeated-name', at, repeated)
          found.set(String(index), read(item, at))
        } else report('duplicate-name', at, repeated)
      })
      return found
    },
  }
  return reader
}

function binding(entry: Raw, pointer: string): doc.Binding {
  return {
    pointer,
    namespace: String(entry.namespace),
    ...copy(entry, ['location']),
    keys: new Map(Object.entries(raw(entry.keys)).map(([variable, key]) => [variable, String(key)])),
  }
}

function consumes(entry: Raw, pointer: string, reader: Reader): doc.Consumes {
  const inputs = (of: Raw, at: string) =>
    reader.named(of.inputParameters, child(at, 'inputParameters'), 'parameters', consumedInput)
  return {
    pointer,
    namespace: String(entry.namespace),
    ...copy(entry, ['description', 'tunnel']),
    baseUri: String(entry.baseUri),
    inputParameters: inputs(entry, pointer),
    ...optional('authentication', upstreamAuthentication(entry.authentication)),
    resources: reader.named(entry.resources, child(pointer, 'resources'), 'resources', (resource, at) => ({
      path: String(resource.path),
      ...copy(resource, ['description']),
      inputParameters: inputs(resource, at),
      operations: reader.named(resource.operations, child(at, 'operations'), 'operations', (operation, opAt) => ({
        method: operation.method as doc.ConsumedOperation['method'],
        ...copy(operation, [
          'description',
          'body',
          'path',
          'outputRawFormat',
          'outputSchema',
          'outputMediaType',
          'maxBinarySize',
        ]),
        inputParameters: inputs(operation, opAt),
        ...optional('outputParameters', outputs(operation.outputParameters, child(opAt, 'outputParameters'), reader)),
      })),
    })),
  }
}

const consumedInput = (item: Raw) =>
  copy(item, ['in', 'value', 'type', 'required', 'description']) as unknown as doc.ConsumedInput

function upstreamAuthentication(value: unknown): doc.UpstreamAuthentication | undefined {
  const a = raw(value)
  if (a.type === 'oauth2')
    return {
      type: 'oauth2',
      ...copy(a, ['tokenEndpoint', 'authorizationServerUri', 'audience', 'resource']),
      scopes: list(a.scopes) as readonly string[],
    }
  if (a.type !== 'digest') return authentication(value)
  return { type: 'digest', username: String(a.username ?? ''), password: String(a.password ?? '') }
}

function authentication(value: unknown): doc.Authentication | undefined {
  const a = raw(value)
  switch (a.type) {
    case 'basic':
      return { type: 'basic', username: String(a.username), password: String(a.password ?? '') }
    case 'bearer':
      return { type: 'bearer', token: String(a.token ?? a.value ?? '') }
    case 'apikey':
      return {
        type: 'apikey',
        key: String(a.key ?? a.name ?? 'X-API-Key'),
        value: String(a.value),
        placement: (a.placement ?? a.in ?? 'header') as 'header' | 'query',
      }
    default:
      return undefined
  }
}

function aggregate(entry: Raw, pointer: string, reader: Reader): doc.Aggregate {
  const flows = entry.flows ?? entry.functions
  return {
    pointer,
    namespace: String(entry.namespace ?? ''),
    ...copy(entry, ['formerly']),
    ...optional('display', text(entry.display ?? entry.label)),
    flows: reader.named(flows, child(pointer, 'flows'), 'flows', (flow, at) => ({
      ...unit(flow, at, reader),
      semantics: raw(flow.semantics) as doc.Flow['semantics'],
      inputParameters: inputs(flow, at, reader),
    })),
  }
}

function inputs(of: Raw, at: string, reader: Reader): doc.Named<doc.Input> {
  return reader.named(of.inputParameters, child(at, 'inputParameters'), 'parameters', (item) => ({
    type: item.type as NonNullable<doc.Input['type']>,
    ...copy(item, ['description']),
    required: item.required !== false,
  }))
}

function unit(of: Raw, at: string, reader: Reader): doc.Unit {
  return {
    ...optional('display', text(of.display ?? of.label)),
    ...copy(of, ['description', 'call']),
    tags: list(of.tags) as readonly string[],
    with: new Map(Object.entries(raw(of.with)) as [string, Json][]),
    ...optional(
      'steps',
      of.steps === undefined ? undefined : reader.named(of.steps, child(at, 'steps'), 'steps', readStep),
    ),
    ...optional('mappings', readMappings(of.mappings)),
    ...optional('outputParameters', outputs(of.outputParameters, child(at, 'outputParameters'), reader)),
  }
}

function outputs(value: unknown, at: string, reader: Reader): readonly doc.Output[] | undefined {
  if (value === undefined) return undefined
  const named = (name: unknown, item: unknown, itemAt: string) => ({
    ...optional('name', text(name)),
    ...output(raw(item), itemAt, reader),
  })
  if (Array.isArray(value)) return value.map((item, i) => named(raw(item).name, item, child(at, i)))
  return Object.entries(raw(value)).map(([name, item]) => named(name, item, child(at, name)))
}

function output(item: Raw, at: string, reader: Reader): doc.Output {
  return {
    ...copy(item, ['mapping', 'value', 'const']),
    type: item.type as doc.Output['type'],
    ...optional('maxLength', item.maxLength === undefined ? undefined : Number(item.maxLength)),
    ...optional(
      'properties',
      item.properties === undefined
        ? undefined
        : reader.named(item.properties, child(at, 'properties'), 'properties', (p, pAt) => output(p, pAt, reader)),
    ),
    ...optional(
      'items',
      item.items === undefined ? undefined : output(itemOutput(item.items), child(at, 'items'), reader),
    ),
  }
}

/** Items may be written as one output, or short, as the properties of an object by name, in either form. */
function itemOutput(items: unknown): Raw {
  if (Array.isArray(items)) return { type: 'object', properties: items }
  const item = raw(items)
  return typeof item.type === 'string' ? item : { type: 'object', properties: item }
}

function exposes(entry: Raw, pointer: string, reader: Reader): doc.Exposes {
  const listener = {
    pointer,
    namespace: String(entry.namespace ?? entry.type),
    port: Number(entry.port ?? 0),
    ...copy(entry, ['address', 'description', 'formerly']),
    ...optional('authentication', authentication(entry.authentication)),
  }
  switch (entry.type) {
    case 'rest':
      return {
        ...listener,
        ...copy(entry, ['maxBinarySize']),
        type: 'rest',
        resources: exposedResources(entry, pointer, reader),
      }
    case 'mcp':
      return {
        ...listener,
        ...copy(entry, ['maxBinarySize']),
        type: 'mcp',
        transport: entry.transport === 'stdio' ? 'stdio' : 'http',
        ttlMs: Number(entry.ttlMs ?? 0),
        cacheScope: entry.cacheScope === 'public' ? 'public' : 'private',
        tools: reader.named(
          entry.tools,
          child(pointer, 'tools'),
          'tools',
          (item, at) => tool(item, at, reader),
          toolName,
        ),
      }
    case 'skill':
      return { ...listener, type: 'skill', skills: skills(entry, pointer, reader) }
    default: {
      const management = raw(entry.management)
      const { health, info } = { health: management.health !== false, info: management.info === true }
      const { scripting } = management
      return {
        ...listener,
        type: 'control',
        management: { health, info, ...(copy(management, ['logs']) as { readonly logs?: boolean | doc.Logs }) },
        ...optional('scripting', scripting === undefined ? undefined : (raw(scripting) as doc.Scripting)),
        ...(copy(entry, ['observability']) as { readonly observability?: doc.Observability }),
      }
    }
  }
}

const toolName = (item: Raw, index: number) =>
  typeof item.ref === 'string' ? (item.ref.split('.')[1] ?? item.ref) : `tool-${index}`

/** A REST operation without a name has that of its flow, else of its method (spec §5). */
function operationName({ ref, method }: Raw, _: number, taken: ReadonlyMap<string, unknown>): string {
  const flow = typeof ref === 'string' ? ref.split('.')[1] : undefined
  return flow === undefined || taken.has(flow) ? String(method).toLowerCase() : flow
}

function exposedResources(entry: Raw, pointer: string, reader: Reader): doc.Named<doc.ExposedResource> {
  const exposedInputs = (of: Raw, at: string) =>
    reader.named(
      of.inputParameters,
      child(at, 'inputParameters'),
      'parameters',
      (item) =>
        copy(item, ['in', 'type', 'required', 'description', 'pattern', 'value']) as unknown as doc.ExposedInput,
    )
  const readResource = (resource: Raw, at: string): doc.ExposedResource => ({
    path: String(resource.path),
    ...copy(resource, ['description']),
    inputParameters: exposedInputs(resource, at),
    operations: reader.named(
      resource.operations,
      child(at, 'operations'),
      'operations',
      (operation, opAt) => ({
        ...unit(operation, opAt, reader),
        ...copy(operation, ['ref']),
        method: operation.method as doc.ExposedOperation['method'],
        inputParameters: exposedInputs(operation, opAt),
      }),
      operationName,
    ),
  })
  return reader.named(entry.resources, child(pointer, 'resources'), 'resources', readResource, (r) => String(r.path))
}

function tool(item: Raw, at: string, reader: Reader): doc.Tool {
  return {
    ...unit(item, at, reader),
    ...copy(item, ['ref']),
    inputParameters: inputs(item, at, reader),
    hints: raw(item.hints) as doc.Hints,
  }
}

function skills(entry: Raw, pointer: string, reader: Reader): doc.Named<doc.Skill> {
  return reader.named(entry.skills, child(pointer, 'skills'), 'skills', (skill, at) => ({
    description: String(skill.description),
    ...copy(skill, [
      'license',
      'compatibility',
      'metadata',
      'allowed-tools',
      'argument-hint',
      'user-invocable',
      'disable-model-invocation',
      'location',
    ]),
    tools: reader.named(skill.tools, child(at, 'tools'), 'skill tools', (item) => ({
      description: String(item.description ?? ''),
      ...copy(item, ['from', 'instruction']),
    })),
  }))
}

function raw(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {}
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The named keys that are present. The schema has checked their types, which is what makes the assertion hold. */
function copy<K extends string>(from: Raw, keys: readonly K[]): { [P in K]?: never } {
  const out: Record<string, unknown> = {}
  for (const key of keys) if (from[key] !== undefined) out[key] = from[key]
  return out as { [P in K]?: never }
}

function optional<K extends string, T>(key: K, value: T | undefined): { [P in K]?: NonNullable<T> } {
  return (value === undefined || value === null ? {} : { [key]: value }) as { [P in K]?: NonNullable<T> }
}
