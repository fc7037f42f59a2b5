/** An OpenAPI description as a capability that runs: what it consumes, flows by tag, and three surfaces over them. */

import { isMap, list, type Raw, raw, text } from '../spec/raw.ts'
import { credentialsOf } from './authentication.ts'
import { type Operation, operationsOf } from './description.ts'
import { type FlowParts, flowOf } from './flow.ts'
import type { Library } from './library.ts'
import { claim, kebab, prose, sentenceOf } from './names.ts'
import type { Notes } from './notes.ts'

export interface ImportChoice {
  /** Names of the operations to take, as the description or as the capability spells them. Default: all. */
  readonly operations?: readonly string[]
  /** Tags to take. Default: all. */
  readonly tags?: readonly string[]
  /** Short descriptions, and nothing that an agent does without. Default false. */
  readonly forAgents?: boolean
}

export interface Written {
  readonly capability: Raw
  /** Fragments by flow; undefined = the format says it all. */
  readonly companion: Raw | undefined
  readonly operations: readonly string[]
  /** Names that were asked for and are not there. */
  readonly missing: readonly string[]
  /** All names that can be asked for. */
  readonly known: readonly string[]
}

interface Named {
  readonly operation: Operation
  readonly name: string
}

/** A flow in the aggregate of its tag. */
interface Grouped {
  readonly namespace: string
  readonly display: string
  readonly description: string
  readonly flows: readonly FlowParts[]
}

/** The capability, in maps. `baseUri` = where the API is. */
export function capabilityOf(library: Library, baseUri: string, choice: ImportChoice, notes: Notes): Written {
  const info = raw(library.root.info)
  const title = prose(text(info.title) ?? 'API', 100)
  const taken = new Set<string>()
  const api = claim(namespaceOf(title), taken)
  const all = named(operationsOf(library, notes))
  const chosen = usable(picked(all, choice), choice, notes)
  const groups = grouped(chosen, api, taken, library, choice, notes)
  const flows = groups.flatMap((group) => group.flows)
  const credentials = credentialsOf(
    api,
    chosen.map(({ operation }) => operation),
    library,
    notes,
  )
  const inputs = credentials.inputs
  const consumes = {
    type: 'http',
    namespace: api,
    description: `${title}, as its OpenAPI description says.`,
    baseUri,
    authentication: credentials.authentication,
    inputParameters: Object.keys(inputs).length === 0 ? undefined : inputs,
    resources: consumedResources(flows),
  }
  const fragments = groups.flatMap(({ namespace, flows: own }) =>
    own.map(({ name, fragments: of }) => [`${namespace}.${name}`, of] as const),
  )
  const refined = fragments.filter(([, of]) => Object.keys(of).length > 0)
  return {
    capability: {
      ikanos: '1.0.0-beta5',
      info: infoOf(info, title, groups, choice),
      binds: credentials.keys.length === 0 ? undefined : [bindOf(credentials.keys)],
      capability: {
        consumes: [consumes],
        aggregates: groups.map(aggregateOf),
        exposes: exposesOf(api, title, groups, taken),
      },
    },
    companion: refined.length === 0 ? undefined : { inputs: Object.fromEntries(refined) },
    operations: flows.map(({ name }) => name),
    missing: missingOf(all, choice),
    known: [...all.map(({ name }) => name), ...new Set(all.flatMap(({ operation }) => operation.tags))],
  }
}

/** Namespaces take part in the names of variables, so they are short. */
function namespaceOf(title: string): string {
  const words = kebab(title.replace(/\b(api|rest|openapi|swagger|specification)\b|\bv?\d+(\.\d+)*\b/gi, ' '))
  return words.split('-').slice(0, 3).join('-') || 'api'
}

function named(operations: readonly Operation[]): readonly Named[] {
  const taken = new Set<string>()
  return operations.map((operation) => {
    const { id, method, path } = operation
    const plain = path.replace(/\{([^}]*)\}/g, 'by-$1')
    return { operation, name: claim(kebab(id ?? '') || kebab(`${method} ${plain}`), taken) }
  })
}

const isAskedFor = ({ operation, name }: Named, asked: string) => asked === name || asked === operation.id

function picked(all: readonly Named[], { operations, tags }: ImportChoice): readonly Named[] {
  const byName = (one: Named) => operations === undefined || operations.some((asked) => isAskedFor(one, asked))
  const byTag = ({ operation }: Named) => tags === undefined || tags.some((tag) => hasTag(operation, tag))
  return all.filter((one) => byName(one) && byTag(one))
}

const hasTag = ({ tags }: Operation, tag: string) => tags.some((own) => kebab(own) === kebab(tag))

function missingOf(all: readonly Named[], { operations = [], tags = [] }: ImportChoice): readonly string[] {
  return [
    ...operations.filter((asked) => !all.some((one) => isAskedFor(one, asked))),
    ...tags.filter((tag) => !all.some(({ operation }) => hasTag(operation, tag))),
  ]
}

/** What is deprecated, and what answers bytes, is no use to an agent. */
function usable(all: readonly Named[], { forAgents }: ImportChoice, notes: Notes): readonly Named[] {
  if (forAgents !== true) return all
  return all.filter(({ operation: { deprecated, answers } }) => {
    if (deprecated) notes.add('operations that are deprecated')
    const types = answers.filter(({ status }) => status.startsWith('2')).flatMap(({ content }) => [...content.keys()])
    const isBytes = types.length > 0 && types.every((type) => !/json|xml|text|yaml|\*/i.test(type))
    if (isBytes && !deprecated) notes.add('operations that answer bytes')
    return !deprecated && !isBytes
  })
}

function grouped(
  all: readonly Named[],
  api: string,
  taken: Set<string>,
  library: Library,
  choice: ImportChoice,
  notes: Notes,
): readonly Grouped[] {
  const forAgents = choice.forAgents === true
  const options = { library, notes, forAgents, words: forAgents ? 200 : 1000 }
  const told = new Map(
    list(library.root.tags)
      .filter(isMap)
      .map((tag) => [tag.name, text(tag.description) ?? '']),
  )
  const byTag = new Map<string, Named[]>()
  for (const one of all) {
    const tag = one.operation.tags.find((own) => kebab(own) !== '') ?? 'operations'
    byTag.set(tag, [...(byTag.get(tag) ?? []), one])
  }
  return [...byTag].flatMap(([tag, ones]) => {
    const flows = ones.flatMap(({ operation, name }) => flowOf(operation, name, api, options) ?? [])
    if (flows.length === 0) return []
    const words = prose(told.get(tag) ?? '', 300)
    return [{ namespace: claim(kebab(tag), taken), display: prose(tag, 100), description: words, flows }]
  })
}

function infoOf(info: Raw, title: string, groups: readonly Grouped[], { forAgents }: ImportChoice): Raw {
  const description = prose(text(info.description) ?? '', forAgents === true ? 300 : 1000)
  return {
    display: title,
    description: description || `${title} as REST, MCP and Agent Skills.`,
    version: String(info.version ?? '0.1.0'),
    tags: [title, ...groups.slice(0, 9).map(({ display }) => display)].filter((tag, i, all) => all.indexOf(tag) === i),
  }
}

const bindOf = (keys: readonly string[]) => ({
  namespace: 'env',
  description: 'Credentials of the API. They stay in the environment.',
  keys: Object.fromEntries(keys.map((key) => [key, key])),
})

/** Operations by path, each path once. */
function consumedResources(flows: readonly FlowParts[]): Raw {
  const taken = new Set<string>()
  const names = new Map<string, string>()
  const resources: Record<string, { path: string; operations: Record<string, Raw> }> = {}
  for (const { path, name, consumed } of flows) {
    const resource = names.get(path) ?? claim(resourceName(path), taken)
    names.set(path, resource)
    const entry = Object.hasOwn(resources, resource) ? resources[resource] : undefined
    resources[resource] = { path, operations: { ...entry?.operations, [name]: consumed } }
  }
  return resources
}

/** By the last words of the path; variables are none. */
function resourceName(path: string): string {
  const words = path.split('/').filter((part) => part !== '' && !part.startsWith('{{'))
  return (
    kebab(
      words
        .slice(-2)
        .join('-')
        .replace(/\{\{|\}\}/g, ''),
    ) || 'root'
  )
}

const aggregateOf = ({ namespace, display, flows }: Grouped) => ({
  display,
  namespace,
  flows: Object.fromEntries(flows.map(({ name, flow }) => [name, flow])),
})

function exposesOf(api: string, title: string, groups: readonly Grouped[], taken: Set<string>): readonly Raw[] {
  const [rest, mcp, skill] = ['rest', 'mcp', 'skill'].map((kind) => claim(`${api}-${kind}`, taken))
  const listen = { address: '127.0.0.1' }
  const tools = groups.flatMap(({ namespace, flows }) =>
    flows.map(({ name, hints }) => [name, { ref: `${namespace}.${name}`, hints }] as const),
  )
  return [
    { type: 'rest', namespace: rest, ...listen, port: 8080, resources: routesOf(groups) },
    {
      type: 'mcp',
      namespace: mcp,
      ...listen,
      port: 9090,
      description: `Calls ${title}.`,
      tools: Object.fromEntries(tools),
    },
    {
      type: 'skill',
      namespace: skill,
      ...listen,
      port: 9091,
      description: `How to work with ${title}.`,
      skills: Object.fromEntries(groups.map((group) => [`${group.namespace}`, skillOf(group, title, mcp ?? '')])),
    },
  ]
}

function skillOf({ display, description, flows }: Grouped, title: string, mcp: string): Raw {
  return {
    description: prose(
      `${description || `Works with ${display} of ${title}.`} Use when the user asks for: ${flows
        .map(({ name }) => name.replaceAll('-', ' '))
        .join(', ')}.`,
      1000,
    ),
    tools: Object.fromEntries(
      flows.map(({ name, flow }) => [
        name,
        {
          description: prose(text(flow.description) ?? sentenceOf(name), 120),
          from: { sourceNamespace: mcp, action: name },
        },
      ]),
    ),
  }
}

/** Two paths that a request can't tell apart are told apart by the name of the operation. */
function routesOf(groups: readonly Grouped[]): Raw {
  const [taken, shapes] = [new Set<string>(), new Set<string>()]
  const names = new Map<string, string>()
  const resources: Record<string, { path: string; operations: Record<string, Raw> }> = {}
  for (const { namespace, flows } of groups) {
    for (const { name, path: called, consumed, places, responses } of flows) {
      const path = routed(called, `${consumed.method} `, name, shapes)
      const resource = names.get(path) ?? claim(resourceName(path), taken)
      names.set(path, resource)
      const entry = Object.hasOwn(resources, resource) ? resources[resource] : undefined
      const operation = {
        method: consumed.method,
        ref: `${namespace}.${name}`,
        inputParameters: Object.keys(places).length === 0 ? undefined : places,
        responses: Object.keys(responses).length === 0 ? undefined : responses,
      }
      resources[resource] = { path, operations: { ...entry?.operations, [name]: operation } }
    }
  }
  return resources
}

/** A variable of a route is a whole segment, and no route ends with a slash. */
function routed(called: string, method: string, name: string, shapes: Set<string>): string {
  const parts = called.split('/').flatMap((part) => part.split(/(?<=\}\})|(?=\{\{)/))
  const clean = parts.flatMap((part) => (part.startsWith('{{') ? [part] : part.replace(/^[^\w]+|[^\w]+$/g, '') || []))
  const path = `/${clean.join('/')}`
  const shape = method + path.replace(/\{\{[^}]*\}\}/g, '{}')
  if (!shapes.has(shape)) {
    shapes.add(shape)
    return path
  }
  return `${path === '/' ? '' : path}/${name}`
}
