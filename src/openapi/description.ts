/** One form for OpenAPI 2.0 to 3.2: operations with their parameters, bodies and answers, each found and located. */

import { isMap, list, type Raw, raw, text } from '../spec/raw.ts'
import type { Library, Located } from './library.ts'
import type { Notes } from './notes.ts'
import { isAddedAnswer, isAddedParameter, isOwn, withoutRehearsals } from './own.ts'
import { type Found, type Parameter, parameterOf, parametersOf } from './parameters.ts'
import { bodyOf, chosen, oldBody, type RequestBody } from './request-body.ts'
import { ownServerOf } from './servers.ts'

export interface Answer {
  readonly status: string
  readonly description: string
  /** Media type -> schema. */
  readonly content: ReadonlyMap<string, Located>
}

/** An operation before it is read: what it is asked for by. */
export interface Listed {
  readonly id: string | undefined
  readonly method: string
  readonly path: string
  /** `GET /pets`, for people. */
  readonly place: string
  readonly tags: readonly string[]
  readonly read: (notes: Notes) => Operation
}

export interface Operation extends Omit<Listed, 'read'> {
  /** Where it is, as its own servers say it; undefined = where the whole API is. */
  readonly server: string | undefined
  readonly summary: string
  readonly description: string
  readonly deprecated: boolean
  readonly parameters: readonly Parameter[]
  readonly body: RequestBody | undefined
  readonly answers: readonly Answer[]
  /** Absent = as the whole description says. */
  readonly security: readonly Raw[] | undefined
}

const taken = ['get', 'post', 'put', 'patch', 'delete']
const untaken = ['head', 'options', 'trace', 'query']

/** Every operation, in the order of the text. */
export function operationsOf(library: Library): readonly Listed[] {
  return pathsOf(library).flatMap(({ path, item, base }) =>
    taken.filter((method) => isMap(item[method])).map((method) => listed(path, method, item, base, library)),
  )
}

/** What is called by the API, or by methods that the format does not have. */
export function noteUntaken(library: Library, notes: Notes) {
  for (const name of Object.keys(raw(library.root.webhooks))) notes.add('webhooks', name)
  for (const { path, item } of pathsOf(library))
    for (const method of [...untaken.filter((one) => one in item), ...Object.keys(raw(item.additionalOperations))])
      notes.add('operations of methods that the format does not call', `${method.toUpperCase()} ${path}`)
}

/** Extensions stand among the paths, which begin with a slash. */
function pathsOf({ root, base, follow }: Library) {
  const paths = Object.entries(raw(root.paths)).filter(([path]) => path.startsWith('/'))
  return paths.map(([path, value]) => {
    const found = follow({ value, base })
    return { path, item: raw(found.value), base: found.base }
  })
}

function listed(path: string, method: string, item: Raw, base: string, library: Library): Listed {
  const own = raw(item[method])
  const one = {
    id: text(own.operationId),
    method: method.toUpperCase(),
    path,
    place: `${method.toUpperCase()} ${path}`,
    tags: list(own.tags).filter((tag): tag is string => typeof tag === 'string'),
  }
  return { ...one, read: (notes) => ({ ...one, ...operationOf(item, own, one.place, base, library, notes) }) }
}

/** Parameters of a path count for each of its operations. */
function operationOf(item: Raw, own: Raw, place: string, base: string, library: Library, notes: Notes) {
  const isOld = text(library.root.swagger) !== undefined
  const isOurs = isOwn(library.root)
  const declared = parametersOf([...list(item.parameters), ...list(own.parameters)], base, library)
  const given = [...declared, ...undeclared(place, declared, base, notes)]
  for (const name of Object.keys(raw(own.callbacks))) notes.add('callbacks', `${name} of ${place}`)
  return {
    server: ownServerOf(item, own, library, notes),
    summary: text(own.summary) ?? text(item.summary) ?? '',
    description: text(own.description) ?? text(item.description) ?? '',
    deprecated: own.deprecated === true,
    parameters: given
      .filter(({ value }) => !(isOurs && isAddedParameter(value)))
      .flatMap((found) => parameterOf(found, library, notes, place)),
    body: isOld ? oldBody(given, own, library) : bodyOf(own.requestBody, base, library),
    answers: Object.entries(raw(own.responses))
      .filter(([status, answer]) => !(isOurs && isAddedAnswer(status, answer)))
      .map(([status, answer]) => answerOf(status, answer, base, own, library)),
    security: Array.isArray(own.security) ? own.security.filter(isMap) : undefined,
  }
}

/** A variable of a path that nothing declares is one all the same. */
function undeclared(place: string, declared: readonly Found[], base: string, notes: Notes): readonly Found[] {
  const known = new Set(declared.filter(({ value }) => value.in === 'path').map(({ value }) => value.name))
  const names = [...place.replace(/[?#].*$/s, '').matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name)
  return [...new Set(names)]
    .filter((name) => !known.has(name))
    .map((name) => {
      notes.add('variables of paths that nothing describes', `${name} of ${place}`)
      return { value: { name, in: 'path', required: true, schema: { type: 'string' } }, base }
    })
}

function answerOf(status: string, answer: unknown, base: string, own: Raw, library: Library): Answer {
  const found = library.follow({ value: answer, base })
  const value = raw(found.value)
  const content = value.schema === undefined ? contentOf(value, found.base, library) : oldContent(value, own, library)
  return {
    status,
    description: text(value.description) ?? text(value.summary) ?? '',
    content: new Map(content.map(([type, located]) => [type, { value: located.value ?? {}, base: located.base }])),
  }

  function oldContent({ schema }: Raw, { produces }: Raw, { root }: Library) {
    const types = list(produces ?? root.produces).filter((one): one is string => typeof one === 'string')
    return [[chosen(types) ?? 'application/json', { value: schema, base: found.base }] as const]
  }
}

function contentOf({ content }: Raw, base: string, library: Library) {
  const isOurs = isOwn(library.root)
  return Object.entries(raw(content)).map(([type, entry]) => {
    const { value, base: at } = library.follow({ value: entry, base })
    const { schema } = raw(value)
    return [type, { value: isOurs ? withoutRehearsals(schema) : schema, base: at }] as const
  })
}
