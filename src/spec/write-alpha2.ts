/** Writes a document in the list form of naftiko 1.0.0-alpha2, the one that APIs.io reads. */

import type { Semantics } from '../plan.ts'
import { firstSentence } from '../text/sentence.ts'
import { yamlText } from '../text/yaml.ts'
import type * as doc from './document.ts'

/** Flows by `namespace.flow`, as `ref` names them. */
type Flows = ReadonlyMap<string, doc.Flow>

/**
 * The document as naftiko 1.0.0-alpha2 YAML; the same document always gives the same text. `companionNote` becomes the
 * comment it starts with. What is valid as ikanos 1.0.0-beta5 comes out valid; keys that alpha2 does not know are left
 * out. What references inherit is written out, because readers of catalogs don't resolve `ref`.
 */
export function writeAlpha2(document: doc.Document, companionNote?: string): string {
  const { info, binds, consumes, aggregates, exposes } = document
  const flows: Flows = new Map(
    aggregates.flatMap((a) => [...a.flows].map(([name, flow]) => [`${a.namespace}.${name}`, flow] as const)),
  )
  const { display: label, description, tags, created, modified } = info
  const value = {
    naftiko: '1.0.0-alpha2',
    info: told({ label, description, tags: filled(tags), created, modified }),
    binds: filled(binds.map(binding)),
    capability: {
      consumes: filled(consumes.map(consumed)),
      aggregates: filled(aggregates.map(aggregate)),
      exposes: filled(exposes.map((surface) => exposed(surface, flows))),
    },
  }
  return yamlText(value, companionNote)
}

function binding({ namespace, location, keys }: doc.Binding) {
  return { namespace, location, keys: Object.fromEntries(keys) }
}

function consumed({ namespace, description, baseUri, authentication, inputParameters, resources }: doc.Consumes) {
  return {
    type: 'http',
    namespace,
    description,
    baseUri,
    authentication,
    inputParameters: named(inputParameters, consumedInput),
    resources: named(resources, (resource) => ({
      path: resource.path,
      description: resource.description,
      inputParameters: named(resource.inputParameters, consumedInput),
      operations: named(resource.operations, consumedOperation),
    })),
  }
}

function consumedOperation({ method, description, inputParameters, body, outputParameters }: doc.ConsumedOperation) {
  const outputs = outputParameters?.map(({ name, type, value }) => ({ name, type, value }))
  return {
    method,
    description,
    inputParameters: named(inputParameters, consumedInput),
    body,
    outputParameters: outputs,
  }
}

function consumedInput({ in: place, value }: doc.ConsumedInput) {
  return { in: place, value }
}

function aggregate({ display, namespace, flows }: doc.Aggregate) {
  const functions = named(flows, (flow) => ({
    description: flow.description,
    semantics: told(flow.semantics),
    inputParameters: named(flow.inputParameters, input),
    ...runOf(flow),
  }))
  return { label: display ?? namespace, namespace, functions }
}

/** An input is required unless it says otherwise. */
function input({ type, description, required }: doc.Input) {
  return { type, description, required: required ? undefined : false }
}

function runOf(unit: doc.Unit & { readonly ref?: string }) {
  const isMock = unit.call === undefined && unit.ref === undefined
  if (unit.steps !== undefined) return steppedRun(unit)
  return {
    call: unit.call,
    with: told(Object.fromEntries(unit.with)),
    outputParameters: unit.outputParameters?.map((o) => ({ name: isMock ? o.name : undefined, ...output(o) })),
  }
}

function steppedRun(unit: doc.Unit) {
  const { steps = new Map<string, doc.Step>(), mappings, outputParameters } = unit
  return {
    with: told(Object.fromEntries(unit.with)),
    steps: named(steps, (step) =>
      'with' in step ? { ...step, ...emptyAsAbsent(step), with: told(Object.fromEntries(step.with)) } : step,
    ),
    mappings: mappings && filled(mappings.map(({ target, value }) => ({ targetName: target, value }))),
    outputParameters: outputParameters?.map((o) => ({ name: o.name, ...orchestrated(o) })),
  }
}

const emptyAsAbsent = (step: doc.Step) => (step.type === 'script' ? { dependencies: filled(step.dependencies) } : {})

/** A list's entries are objects whose members are listed (alpha2's `items`). */
function orchestrated(o: doc.Output): object {
  const { type, items, properties } = o
  const members = properties && Object.fromEntries([...properties].map(([key, p]) => [key, orchestrated(p)]))
  if (items === undefined) return { type, ...(members === undefined ? output(o) : { properties: members }) }
  const listed = [...(items.properties ?? [])].map(([name, p]) => ({ name, ...orchestrated(p) }))
  return { type, items: listed.length > 0 ? listed : orchestrated(items) }
}

type Output = Omit<doc.Output, 'name' | 'maxLength' | 'properties' | 'items'> & {
  readonly properties: Readonly<Record<string, Output>> | undefined
  readonly items: Output | undefined
}

/** Without its name: only a mock value has one, the output of a call is the answer itself. */
function output({ name, maxLength, type, properties, items, ...rest }: doc.Output): Output {
  return {
    type,
    ...rest,
    properties: properties && Object.fromEntries([...properties].map(([key, p]) => [key, output(p)])),
    items: items && output(items),
  }
}

function exposed(surface: doc.Exposes, flows: Flows) {
  const { type, namespace, address, port, authentication, description } = surface
  switch (surface.type) {
    case 'rest': {
      const resources = named(surface.resources, (resource) => exposedResource(resource, flows))
      return { type, namespace, address, port, authentication, resources }
    }
    case 'mcp': {
      const { transport } = surface
      const listen = { namespace, transport, address, port: transport === 'http' ? port : undefined, authentication }
      return { type, ...listen, description, tools: named(surface.tools, (item) => tool(item, flows)) }
    }
    case 'skill':
      return { type, namespace, address, port, authentication, description, skills: named(surface.skills, skill) }
    case 'control':
      return { type, address, port, authentication, management: surface.management }
    default:
      return surface satisfies never
  }
}

function exposedResource(resource: doc.ExposedResource, flows: Flows) {
  return {
    path: resource.path,
    description: resource.description,
    inputParameters: named(resource.inputParameters, exposedInput),
    operations: named(resource.operations, (operation) => ({
      label: operation.display,
      method: operation.method,
      description: operation.description ?? firstSentence(flowOf(operation, flows)?.description ?? ''),
      ref: operation.ref,
      inputParameters: named(operation.inputParameters, exposedInput),
      ...runOf(operation),
    })),
  }
}

function exposedInput({ required, ...rest }: doc.ExposedInput) {
  return rest
}

function tool(item: doc.Tool, flows: Flows) {
  const flow = flowOf(item, flows)
  return {
    label: item.display,
    description: item.description ?? flow?.description,
    ref: item.ref,
    hints: hintsOf(item.hints, flow?.semantics),
    inputParameters: named(item.inputParameters, input),
    ...runOf(item),
  }
}

/** What the tool says itself, else what the semantics of its flow imply. */
function hintsOf(
  { readOnly, destructive, idempotent, openWorld }: doc.Hints,
  { safe, idempotent: repeatable }: Semantics = {},
) {
  const hints = {
    readOnly: readOnly ?? safe,
    destructive: destructive ?? (safe === true ? false : undefined),
    idempotent: idempotent ?? repeatable,
    openWorld,
  }
  return told(hints)
}

function skill({ tools, ...rest }: doc.Skill) {
  return { ...rest, tools: named(tools, (item) => item) }
}

function flowOf({ ref }: { readonly ref?: string }, flows: Flows): doc.Flow | undefined {
  return ref === undefined ? undefined : flows.get(ref)
}

/** A map as the list that alpha2 wants. Its schema has no empty lists. */
function named<T>(map: doc.Named<T>, write: (item: T) => object) {
  return filled([...map].map(([name, item]) => ({ name, ...write(item) })))
}

function filled<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined
}

function told<T extends object>(fields: T): T | undefined {
  return Object.values(fields).some((value) => value !== undefined) ? fields : undefined
}
