/** A small capability to begin with: one API, two operations that read, three surfaces. */

import { kebab } from './openapi/names.ts'

export interface InitOptions {
  /** What it is called, e.g. `Pet Shop`. */
  readonly name: string
  /** Where the API is, without a trailing slash. */
  readonly baseUri: string
}

/** The text of the capability file. It is valid and serves as it is; the paths are its author's to change. */
export async function initialCapability({ name, baseUri }: InitOptions): Promise<string> {
  const { yamlText } = await import('./text/yaml.ts')
  const api = kebab(name) || 'api'
  const comment = [
    'Change the two paths into those of the API, and add what else it does. Credentials come from the environment:',
    'declare each under "binds" and name it as {{VARIABLE}} in "authentication" of the consumed API.',
    'Then: capability validate <file>, capability serve <file>.',
  ]
  return yamlText(
    {
      ikanos: '1.0.0-beta5',
      info: { display: name, description: `${name} as REST, MCP and Agent Skills.`, version: '0.1.0', tags: [name] },
      capability: {
        consumes: [consumed(api, name, baseUri)],
        aggregates: [{ display: 'Items', namespace: 'items', flows: flows(api) }],
        exposes: [rest(api), mcp(api, name), skill(api, name)],
      },
    },
    comment.join('\n'),
  )
}

const id = { type: 'string', description: 'Id of the item, from list-items.' }

const consumed = (api: string, name: string, baseUri: string) => ({
  type: 'http',
  namespace: api,
  description: `The API of ${name}.`,
  baseUri,
  resources: {
    items: { path: '/items', operations: { 'list-items': { method: 'GET', description: 'All items.' } } },
    item: {
      path: '/items/{{id}}',
      operations: {
        'get-item': { method: 'GET', description: 'One item.', inputParameters: { id: { in: 'path' } } },
      },
    },
  },
})

const semantics = { safe: true, idempotent: true }

const flows = (api: string) => ({
  'list-items': { description: 'Lists all items with their ids.', semantics, call: `${api}.list-items` },
  'get-item': { description: 'Reads one item.', semantics, inputParameters: { id }, call: `${api}.get-item` },
})

const rest = (api: string) => ({
  type: 'rest',
  namespace: `${api}-rest`,
  address: '127.0.0.1',
  port: 8080,
  resources: {
    items: {
      path: '/items',
      description: 'All items.',
      operations: { 'list-items': { method: 'GET', ref: 'items.list-items' } },
    },
    item: {
      path: '/items/{{id}}',
      description: 'One item.',
      inputParameters: { id: { in: 'path', ...id } },
      operations: { 'get-item': { method: 'GET', ref: 'items.get-item' } },
    },
  },
})

const hints = { readOnly: true, destructive: false, idempotent: true, openWorld: true }

const mcp = (api: string, name: string) => ({
  type: 'mcp',
  namespace: `${api}-mcp`,
  address: '127.0.0.1',
  port: 9090,
  description: `Reads items of ${name}.`,
  tools: { 'list-items': { ref: 'items.list-items', hints }, 'get-item': { ref: 'items.get-item', hints } },
})

const skill = (api: string, name: string) => ({
  type: 'skill',
  namespace: `${api}-skill`,
  address: '127.0.0.1',
  port: 9091,
  description: `How to work with ${name}.`,
  skills: {
    'find-items': {
      description: `Finds items of ${name}. Use when the user asks what there is, or for one of them.`,
      tools: {
        'list-items': { description: 'Find ids.', from: { sourceNamespace: `${api}-mcp`, action: 'list-items' } },
        'get-item': { description: 'Read one item.', from: { sourceNamespace: `${api}-mcp`, action: 'get-item' } },
      },
    },
  },
})
