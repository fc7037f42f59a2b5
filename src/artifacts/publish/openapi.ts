/** The descriptions of the REST surface and of the API that it calls. */

import type { Json, RoutePlan } from '../../plan.ts'
import { firstSentence } from '../../text/sentence.ts'
import { yamlText } from '../../text/yaml.ts'
import { operationId } from '../openapi/requests.ts'
import { openapiValue } from '../openapi.ts'
import { declaration, provenanceOf, yamlFile } from './frame.ts'
import type { Edition, ExampleFacts, Members, Published } from './publication.ts'

const mediaType = 'application/vnd.oai.openapi'

export const openapiPath = ({ facts }: Edition) => `openapi/${facts.index.slug}-openapi.yml`

/** The REST surface with an owner, a licence and examples; the called API as its publisher describes it, untouched. */
export function openapiFiles(edition: Edition): readonly Published[] {
  const { facts, texts } = edition
  const listing = { type: 'OpenAPI', mediaType } as const
  const { upstream } = facts
  const described = describedSurface(edition)
  return [
    ...(described === undefined
      ? []
      : [yamlFile(openapiPath(edition), described, { ...listing, of: 'rest', name: `OpenAPI of the REST surface` })]),
    ...(texts.upstream === undefined || upstream?.openapi === undefined
      ? []
      : [
          {
            path: `openapi/${upstream.openapi.file}`,
            text: texts.upstream,
            listed: [{ ...listing, of: 'upstream', name: `OpenAPI by ${upstream.openapi.publisher}` } as const],
            copied: {
              method: 'copied',
              publisher: upstream.openapi.publisher,
              source: upstream.openapi.source,
            } as const,
          },
        ]),
  ]
}

/** The OpenAPI document of the REST surface as it is published, or undefined where there is none. */
export function describedSurface(edition: Edition): Members | undefined {
  const { plan, rest, facts, urls } = edition
  if (rest === undefined) return undefined
  const value = openapiValue(plan, rest, { servers: [urls.rest] })
  const { name, url, email, license } = facts.publisher
  const info = {
    ...(value.info as Members),
    contact: { name, url, email },
    'x-provenance': provenanceOf(edition),
    ...(license === undefined ? {} : { license: { name: license.name, url: license.url } }),
  }
  const tags = (value.tags as readonly Members[]).map((tag) => described(edition, tag))
  return { ...value, info, tags, paths: withExamples(edition, value.paths as Paths) }
}

type Operation = Members & { readonly parameters?: readonly Members[]; readonly operationId: string }
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

/** What no operation of the capability stands for: approvals, and requests that are forwarded. */
const ofTheSurface = 'What the surface itself does, beside the operations of the capability.'

/** A tag says what its operations are about. */
function described({ rest }: Edition, { name = null }: Members): Members {
  const routes = (rest?.routes ?? []).filter(({ resource }) => resource === name)
  const says = routes.map(({ description }) => firstSentence(description)).join(' ')
  return { name, description: says === '' ? ofTheSurface : says }
}

function withExamples({ rest, facts }: Edition, paths: Paths): Json {
  if (rest === undefined) return paths
  const routes = new Map(rest.routes.map((route) => [operationId(route, rest), route]))
  return mapValues(paths, (item) =>
    mapValues(item, (operation) => {
      const route = routes.get(operation.operationId)
      const example = route === undefined ? undefined : facts.examples?.[route.operation.name]
      return route === undefined || example === undefined ? operation : exampled(operation, route, example)
    }),
  )
}

function exampled(operation: Operation, route: RoutePlan, { input, result }: ExampleFacts): Members {
  const { parameters = [], requestBody, responses } = operation
  const success = (responses as Members)['200'] as Members | undefined
  return {
    ...operation,
    ...(parameters.length > 0 ? { parameters: parameters.map((one) => withInput(one, input)) } : {}),
    ...(requestBody === undefined ? {} : { requestBody: withBody(requestBody as Members, bodyOf(route, input)) }),
    responses: {
      ...(responses as Members),
      ...(success === undefined || result === undefined ? {} : { 200: withBody(success, result) }),
    },
  }
}

const withInput = (parameter: Members, input: Members): Members => {
  const example = input[String(parameter.name)]
  return example === undefined || parameter.in === 'header' ? parameter : { ...parameter, example }
}

/** The example stands where JSON is; the other forms hold the same. */
function withBody(body: Members, example: Json): Members {
  const content = body.content as Readonly<Record<string, Members>>
  const json = content['application/json']
  return json === undefined
    ? body
    : { ...body, content: { ...content, 'application/json': { ...json, example } } as Members }
}

/** The members of an input that a route reads from the body. */
export function bodyOf({ parameters }: RoutePlan, input: Members): Members {
  const read = parameters.flatMap((p) => (p.in === 'body' ? [[p.key, input[p.name]] as const] : []))
  return Object.fromEntries(read.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

function mapValues<T, U>(of: Readonly<Record<string, T>>, to: (value: T) => U): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, to(value)]))
}

/** The repairs of the description of the called API (Overlay 1.0.0). They apply to the file as its publisher has it. */
export function overlayFiles(edition: Edition): readonly Published[] {
  const { facts, texts, plan } = edition
  const { overlay, upstream } = facts
  if (overlay === undefined || upstream?.openapi === undefined) return []
  const { file, source } = upstream.openapi
  const value = {
    overlay: '1.0.0',
    info: { title: overlay.title, version: plan.capability.version },
    extends: texts.upstream === undefined ? source : `../openapi/${file}`,
    actions: overlay.actions,
  }
  const comment = `${declaration(edition)} Applies to ${source}`
  const listed = [{ type: 'Overlay', of: 'upstream', name: overlay.title } as const]
  return [{ path: `overlays/${facts.index.slug}-overlay.yml`, text: yamlText(value, comment), listed }]
}
