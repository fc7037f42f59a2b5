import type { Call } from './call.ts'
import { assign, deleteFile, retryExports, retryPrediction, unverify, verify } from './operations.ts'
import { getFile, getPage, list } from './reads.ts'
import type { World } from './state.ts'
import { updatePage } from './update.ts'

/** One operation of the service. */
export interface Route {
  readonly operation: string
  readonly method: string
  /** Path with `:model_id`, and `:id` for a file or a page. */
  readonly template: string
  readonly takesBody?: boolean
  /** Answers the body of a 200, or throws a Refusal. */
  readonly handle: (world: World, call: Call) => string
}

const inferences = '/api/v2/Inferences/Model/:model_id'
/** The service documents both families for approving and unapproving. */
const families = [`${inferences}/ImageLevelInferences`, '/api/v2/ImageLevelInferences/Model/:model_id']

// assumption: left-out
const routes: readonly Route[] = [
  ...families.flatMap((family) => [
    { operation: 'verify', method: 'POST', template: `${family}/Verify/:id`, handle: verify },
    { operation: 'unverify', method: 'POST', template: `${family}/UnVerify/:id`, handle: unverify },
  ]),
  {
    operation: 'assign',
    method: 'POST',
    template: '/api/v2/team/members/model/:model_id/assign/files',
    takesBody: true,
    handle: assign,
  },
  {
    operation: 'update',
    method: 'PATCH',
    template: `${inferences}/ImageLevelInference`,
    takesBody: true,
    handle: updatePage,
  },
  {
    operation: 'delete',
    method: 'DELETE',
    template: `${inferences}/InferenceRequestFiles/:id`,
    handle: deleteFile,
  },
  {
    operation: 'retry-exports',
    method: 'POST',
    template: `${inferences}/ImageLevelInferences/retryallexports`,
    takesBody: true,
    handle: retryExports,
  },
  {
    operation: 'retry-prediction',
    method: 'POST',
    template: '/api/v2/ObjectDetection/Model/:model_id/RetryPrediction',
    takesBody: true,
    handle: retryPrediction,
  },
  {
    operation: 'get-file',
    method: 'GET',
    template: `${inferences}/InferenceRequestFiles/GetPredictions/:id`,
    handle: getFile,
  },
  { operation: 'get-page', method: 'GET', template: `${inferences}/ImageLevelInferences/:id`, handle: getPage },
  { operation: 'list', method: 'GET', template: `${inferences}/ImageLevelInferences`, handle: list },
]

/** The names that fault rules use. */
export const operationNames: ReadonlySet<string> = new Set(routes.map((route) => route.operation))

/** One segment of the tree that all templates make together. */
interface Segment {
  readonly children: Map<string, Segment>
  readonly routes: Map<string, Route>
}

/** Key of the child that takes any segment: a text that no segment can be. */
const parameter = '/'

function plant(): Segment {
  const root: Segment = { children: new Map(), routes: new Map() }
  for (const route of routes) {
    let at = root
    for (const part of route.template.slice(1).split('/')) {
      const name = part.startsWith(':') ? parameter : part
      const next = at.children.get(name) ?? { children: new Map(), routes: new Map() }
      at.children.set(name, next)
      at = next
    }
    at.routes.set(route.method, route)
  }
  return root
}

const tree = plant()

/** How a request line fits the service. */
export type Match =
  | { readonly type: 'route'; readonly route: Route; readonly model_id: string; readonly id: string }
  | { readonly type: 'wrong-verb'; readonly allow: string }
  | { readonly type: 'unknown' }

const unknown: Match = { type: 'unknown' }

function decoded(part: string): string {
  if (!part.includes('%')) return part
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Finds the operation of a method and a path. */
export function match(method: string, path: string): Match {
  let at = tree
  const values: string[] = []
  for (const part of path.slice(1).split('/')) {
    const literal = at.children.get(part)
    const next = literal ?? (part === '' ? undefined : at.children.get(parameter))
    if (next === undefined) return unknown
    if (literal === undefined) values.push(decoded(part))
    at = next
  }
  const route = at.routes.get(method)
  if (route !== undefined) return { type: 'route', route, model_id: values[0] ?? '', id: values[1] ?? '' }
  return at.routes.size === 0 ? unknown : { type: 'wrong-verb', allow: [...at.routes.keys()].join(', ') }
}
