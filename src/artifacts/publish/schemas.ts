/** JSON Schemas of what operations take and answer, the JSON-LD context of their members, and examples. */

import type { Json, JsonSchema, RoutePlan } from '../../plan.ts'
import { operationId } from '../openapi/requests.ts'
import { fileStems } from './file-names.ts'
import { declaration, frame, jsonFile } from './frame.ts'
import { bodyOf } from './openapi.ts'
import type { Edition, ExampleFacts, Members, Published, TermFacts } from './publication.ts'

/** `json-schema/<operation>-input.json` and `-result.json`, as the surfaces check and describe them. */
export function schemaFiles(edition: Edition): readonly Published[] {
  const { rest } = edition
  if (rest === undefined) return []
  const stems = fileStems(rest)
  return rest.routes.flatMap((route) => {
    const { input, output } = route.operation
    const [id, stem] = [operationId(route, rest), stems.get(route)]
    return [
      schemaFile(`${stem}-input`, `What ${id} takes`, input.schema, edition),
      ...(output.schema === undefined
        ? []
        : [schemaFile(`${stem}-result`, `What ${id} answers`, output.schema, edition)]),
    ]
  })
}

function schemaFile(stem: string, title: string, schema: JsonSchema, edition: Edition): Published {
  const path = `json-schema/${stem}.json`
  const head = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: encodeURI(`${edition.urls.folder}${path}`),
    $comment: declaration(edition),
    title,
  }
  return jsonFile(path, { ...head, ...schema }, { type: 'JSONSchema', of: 'rest', name: title })
}

/** `json-ld/<slug>-context.jsonld`: an address for each name, and what it means. */
export function contextFiles(edition: Edition): readonly Published[] {
  const { facts, urls } = edition
  const terms = Object.entries(facts.terms ?? {})
  if (terms.length === 0) return []
  const vocabulary = `${urls.folder}vocabulary#`
  const addressOf = (name: string) => facts.terms?.[name]?.iri ?? `${vocabulary}${name}`
  const value = {
    '@context': {
      '@version': 1.1,
      rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
      rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
      ...Object.fromEntries(terms.map(([name]) => [name, { '@id': addressOf(name) }])),
    },
    '@graph': [
      { '@id': vocabulary, 'rdfs:label': facts.index.name, 'rdfs:comment': declaration(edition) },
      ...terms.map(([name, term]) => meaningOf(name, term, addressOf)),
    ],
  }
  const listing = {
    type: 'JSONLD',
    of: 'common',
    name: 'What the members of results mean',
    mediaType: 'application/ld+json',
  } as const
  return [jsonFile(`json-ld/${facts.index.slug}-context.jsonld`, value, listing)]
}

function meaningOf(name: string, { class: isClass, of, description }: TermFacts, addressOf: (name: string) => string) {
  return {
    '@id': addressOf(name),
    '@type': isClass === true ? 'rdfs:Class' : 'rdf:Property',
    'rdfs:label': name,
    'rdfs:comment': description,
    ...(of === undefined ? {} : { 'rdfs:domain': { '@id': addressOf(of) } }),
  }
}

/** `examples/<operation>.json`: an input as a request, and the result where one is known. */
export function exampleFiles(edition: Edition): readonly Published[] {
  const { rest, facts } = edition
  if (rest === undefined) return []
  const stems = fileStems(rest)
  return rest.routes.flatMap((route) => {
    const example = facts.examples?.[route.operation.name]
    if (example === undefined) return []
    const id = operationId(route, rest)
    const value = { operation: id, ...frame(edition, 'Made up; it fits the schemas.'), ...exchangeOf(route, example) }
    return [
      jsonFile(`examples/${stems.get(route)}.json`, value, { type: 'Examples', of: 'rest', name: `Example of ${id}` }),
    ]
  })
}

/** An example as a request to a route, and its answer. */
export function exchangeOf(route: RoutePlan, { input, result }: ExampleFacts): Members {
  const body = bodyOf(route, input)
  const query = inputsIn('query', route, input)
  return {
    request: {
      method: route.method,
      path: filledPath(route, input),
      ...(Object.keys(query).length > 0 ? { query } : {}),
      ...(Object.keys(body).length > 0 ? { body } : {}),
    },
    ...(result === undefined ? {} : { response: { status: 200, body: result } }),
  }
}

/** The inputs that a route reads from one place, by the names that they have there. */
export function inputsIn(place: 'path' | 'query' | 'header' | 'cookie', route: RoutePlan, input: Members): Members {
  const read = route.parameters.flatMap((p) => (p.in === place ? [[p.key, input[p.name]] as const] : []))
  return Object.fromEntries(read.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

function filledPath(route: RoutePlan, input: Members): string {
  const values = inputsIn('path', route, input)
  const parts = route.segments.map((s) => ('literal' in s ? s.literal : encodeURIComponent(String(values[s.variable]))))
  return `/${parts.join('/')}`
}
