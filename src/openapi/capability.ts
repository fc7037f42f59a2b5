/** An OpenAPI description as a capability that runs: what it consumes, flows by tag, and three surfaces over them. */

import { type Raw, raw, text } from '../spec/raw.ts'
import { type Credentials, credentialsOf } from './authentication.ts'
import { type ImportChoice, type Missing, missingOf, type Named, named, picked, usable } from './choice.ts'
import { type Listed, noteUntaken, type Operation, operationsOf } from './description.ts'
import { flowOf } from './flow.ts'
import type { Library } from './library.ts'
import { claim, kebab, prose, type Taken } from './names.ts'
import type { Notes } from './notes.ts'
import { callable } from './servers.ts'
import { consumedResources, exposesOf, type Grouped } from './surfaces.ts'
import { type Tags, tagsOf } from './tags.ts'

/** How much is kept of what is said of operations. */
export interface Detail {
  /** Longest description, in characters. */
  readonly words: number
  /** Largest schema of an input, in schemas. */
  readonly nodes: number
  /** Longest schema of an answer, in characters; absent = nothing is said of answers. */
  readonly answers?: number
}

export interface Written {
  readonly capability: Raw
  /** Fragments by flow; undefined = the format says it all. */
  readonly companion: Raw | undefined
  readonly operations: readonly string[]
  /** Variables of the environment that hold credentials. */
  readonly variables: readonly string[]
}

/** The operations that were asked for, before anything of them is read. */
export interface Chosen {
  readonly tags: Tags
  readonly operations: readonly Named<Listed>[]
  /** A name that was asked for and is not there. */
  readonly missing: Missing | undefined
}

/** What a choice takes of a description. */
export function chosenOf({ root, ...library }: Library, choice: ImportChoice): Chosen {
  const tags = tagsOf(root)
  const all = named(operationsOf({ root, ...library }))
  return {
    tags,
    operations: picked(all, choice, tags),
    missing: missingOf(all, choice, tags),
  }
}

/** The capability, in maps. `baseUri` = where the API is. */
export function capabilityOf(
  library: Library,
  baseUri: string,
  chosen: Chosen,
  choice: ImportChoice & { readonly detail: Detail },
  notes: Notes,
): Written {
  const info = raw(library.root.info)
  const title = prose(text(info.title) ?? 'API', 100)
  const taken: Taken = new Map()
  const api = claim(namespaceOf(title), taken)
  if (choice.operations === undefined && choice.tags === undefined) noteUntaken(library, notes)
  const read = chosen.operations.map(({ name, operation }) => ({ name, operation: operation.read(notes) }))
  const operations = usable(read, choice, notes)
  const places = placesOf(operations, api, baseUri, taken, notes)
  const groups = grouped(operations, places, taken, library, chosen.tags, choice, notes)
  const credentials = credentialsOf(
    api,
    operations.map(({ operation }) => operation),
    library,
    notes,
  )
  return {
    capability: {
      ikanos: '1.0.0-beta5',
      info: infoOf(info, title, groups, choice),
      binds: credentials.keys.length === 0 ? undefined : [bindOf(credentials.keys)],
      capability: {
        consumes: consumesOf(places, title, groups, credentials),
        aggregates: groups.map(aggregateOf),
        exposes: exposesOf(api, title, groups, taken),
      },
    },
    companion: companionOf(groups),
    operations: groups.flatMap(({ flows }) => flows.map(({ name }) => name)),
    variables: credentials.keys,
  }
}

/** Namespaces take part in the names of variables, so they are short. */
function namespaceOf(title: string): string {
  const words = kebab(title.replace(/\b(api|rest|openapi|swagger|specification)\b|\bv?\d+(\.\d+)*\b/gi, ' '))
  return words.split('-').slice(0, 3).join('-') || 'api'
}

/** Namespace of an API by where it is; where the whole description is comes first. */
type Places = ReadonlyMap<string, string>

function placesOf(all: readonly Named<Operation>[], api: string, baseUri: string, taken: Taken, notes: Notes): Places {
  const places = new Map([[baseUri, api]])
  for (const { operation } of all) {
    const address = addressOf(operation, baseUri)
    if (address === undefined) notes.add('operations whose server can not be called', operation.place)
    if (address === undefined || address === baseUri) continue
    notes.add(
      'operations that are called at a server of their own, with the same credentials',
      `${operation.place} at ${address}`,
    )
    if (places.has(address)) continue
    const { hostname, pathname } = new URL(address)
    const [label = ''] = hostname === new URL(baseUri).hostname ? pathname.split('/').slice(-1) : hostname.split('.')
    places.set(address, claim(kebab(`${api}-${label}`), taken))
  }
  return places
}

const addressOf = ({ server }: Operation, baseUri: string) =>
  server === undefined ? baseUri : callable(server, baseUri)

function consumesOf(places: Places, title: string, groups: readonly Grouped[], credentials: Credentials) {
  const { authentication, inputs } = credentials
  const flows = groups.flatMap((group) => group.flows)
  const all = [...places].map(([baseUri, namespace]) => ({
    type: 'http',
    namespace,
    description: `${title}, as its OpenAPI description says.`,
    baseUri,
    authentication,
    inputParameters: Object.keys(inputs).length === 0 ? undefined : inputs,
    resources: consumedResources(flows.filter(({ api }) => api === namespace)),
  }))
  return all.filter(({ resources }) => Object.keys(resources).length > 0)
}

function grouped(
  all: readonly Named<Operation>[],
  places: Places,
  taken: Taken,
  library: Library,
  tags: Tags,
  choice: ImportChoice & { readonly detail: Detail },
  notes: Notes,
): readonly Grouped[] {
  const forAgents = choice.forAgents === true
  const { words, nodes, answers } = choice.detail
  const kept = forAgents || answers === undefined ? {} : { answers }
  const options = { library, notes, forAgents, words: forAgents ? Math.min(200, words) : words, nodes, ...kept }
  const [[baseUri = ''] = []] = places
  const byTag = new Map<string, Named<Operation>[]>()
  for (const one of all) {
    const tag = tags.grouping(one.operation.tags) ?? 'operations'
    const ones = byTag.get(tag)
    if (ones === undefined) byTag.set(tag, [one])
    else ones.push(one)
  }
  return [...byTag].flatMap(([tag, ones]) => {
    const flows = ones.flatMap(({ operation, name }) => {
      const api = places.get(addressOf(operation, baseUri) ?? '')
      return (api === undefined ? undefined : flowOf(operation, name, api, options)) ?? []
    })
    if (flows.length === 0) return []
    const [, ...above] = tags.lineage(tag)
    if (above.length > 0) notes.add('tags within others, side by side with them', `${tag} of ${above.join(' of ')}`)
    const description = prose(tags.description(tag), 300)
    return [{ namespace: claim(kebab(tag), taken), display: prose(tags.display(tag), 100), description, flows }]
  })
}

function infoOf(info: Raw, title: string, groups: readonly Grouped[], { forAgents }: ImportChoice): Raw {
  const description = prose(text(info.description) ?? '', forAgents === true ? 300 : 1000)
  return {
    display: title,
    description: description || `${title} as REST, MCP and Agent Skills.`,
    version: prose(String(info.version ?? ''), 50) || '0.1.0',
    tags: [title, ...groups.slice(0, 9).map(({ display }) => display)].filter((tag, i, all) => all.indexOf(tag) === i),
  }
}

const bindOf = (keys: readonly string[]) => ({
  namespace: 'env',
  description: 'Credentials of the API. They stay in the environment.',
  keys: Object.fromEntries(keys.map((key) => [key, key])),
})

const aggregateOf = ({ namespace, display, flows }: Grouped) => ({
  display,
  namespace,
  flows: Object.fromEntries(flows.map(({ name, flow }) => [name, flow])),
})

function companionOf(groups: readonly Grouped[]): Raw | undefined {
  const fragments = groups.flatMap(({ namespace, flows }) =>
    flows.map(({ name, fragments: of }) => [`${namespace}.${name}`, of] as const),
  )
  const refined = fragments.filter(([, of]) => Object.keys(of).length > 0)
  return refined.length === 0 ? undefined : { inputs: Object.fromEntries(refined) }
}
