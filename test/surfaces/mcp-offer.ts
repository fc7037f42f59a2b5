/** An MCP surface with resources and prompts over one small API, served until the test ends. */

import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Running } from '../../src/index.ts'
import { openStdio } from '../../src/serving-stdio.ts'
import type { StdioStreams } from '../../src/surfaces/mcp/stdio.ts'
import { serveCapability } from '../support/serve.ts'
import { type Ending, type Exchange, type StubUpstream, startUpstream } from '../support/upstream.ts'
import { environment } from './cases.ts'

/** As a capability says it. */
export interface Offered {
  readonly resources?: object
  readonly prompts?: object
  readonly surface?: object
  /** Beside those of the API. */
  readonly tools?: object
  /** The name of one that is not there. */
  readonly leftOut?: string
  /** Of the aggregate `things`. */
  readonly flows?: object
}

const id = { id: { in: 'path' } }
const input = { id: { type: 'string', description: 'Which.' } }

const ownTools = {
  'get-thing': { description: 'Reads one thing.', inputParameters: input, call: 'api.get-thing' },
  'list-things': { description: 'Reads all.', call: 'api.list-things' },
  'get-picture': { description: 'Its picture.', inputParameters: input, call: 'api.get-picture' },
}

/** `GET /things`, one of them, its picture, its note, and a search; tools for the first three. */
function capabilityWith({ surface, resources, prompts, tools, leftOut, flows }: Offered): object {
  return {
    ikanos: '1.0.0-beta5',
    info: { display: 'Things', description: 'Reads things.', version: '1.0.0' },
    binds: [{ namespace: 'env', keys: { INBOUND_SECRET: 'INBOUND_SECRET' } }],
    capability: {
      consumes: [
        {
          type: 'http',
          namespace: 'api',
          baseUri: 'http://127.0.0.1:9',
          resources: {
            thing: {
              path: '/things/{{id}}',
              operations: { 'get-thing': { method: 'GET', inputParameters: id } },
            },
            list: { path: '/things', operations: { 'list-things': { method: 'GET' } } },
            found: {
              path: '/found',
              operations: {
                'find-things': { method: 'GET', inputParameters: { state: { in: 'query' }, draft: { in: 'query' } } },
              },
            },
            note: {
              path: '/things/{{id}}/note',
              operations: { 'get-note': { method: 'GET', inputParameters: id, outputRawFormat: 'text' } },
            },
            picture: {
              path: '/things/{{id}}/picture',
              operations: { 'get-picture': { method: 'GET', inputParameters: id, outputRawFormat: 'binary' } },
            },
          },
        },
      ],
      ...(flows === undefined ? {} : { aggregates: [{ display: 'Things', namespace: 'things', flows }] }),
      exposes: [
        {
          type: 'mcp',
          namespace: 'things-mcp',
          address: '127.0.0.1',
          port: 0,
          ttlMs: 5000,
          cacheScope: 'public',
          tools: Object.fromEntries(Object.entries({ ...ownTools, ...tools }).filter(([name]) => name !== leftOut)),
          ...(resources === undefined ? {} : { resources }),
          ...(prompts === undefined ? {} : { prompts }),
          ...surface,
        },
      ],
    },
  }
}

export interface ServedOffer {
  readonly file: string
  /** Of the capability. */
  readonly folder: string
  /** Address of the surface. */
  readonly url: string
  readonly upstream: StubUpstream
  /** Serves what is there now, of the files too. */
  readonly reload: (offered?: Offered) => Promise<void>
  /** Serves it over stdio too; what is offered there changes with a reload of its own. */
  readonly overStdio: (streams: StdioStreams) => Promise<{ readonly reload: ServedOffer['reload'] }>
}

export interface Around extends Ending {
  readonly api?: readonly Exchange[]
  /** In place of an upstream that answers `api`. */
  readonly upstream?: string
  readonly files?: Readonly<Record<string, string>>
  readonly companion?: object
}

/** Serves it on a free port until the test ends. */
export async function serveOffer(offered: Offered, around: Around = {}): Promise<ServedOffer> {
  const { api = [], files, companion, atEnd = onTestFinished } = around
  const upstream = await startUpstream(api, { atEnd })
  const options = { upstreams: { api: around.upstream ?? upstream.url }, environment, telemetry: true }
  const more = { files, companion, atEnd, ports: {} }
  const { file, running, url } = await serveCapability(capabilityWith(offered), { ...options, ...more })
  const reloading = (reload: Running['reload']): ServedOffer['reload'] => {
    return async (now = offered) => {
      await writeFile(file, JSON.stringify(capabilityWith(now)))
      expect((await reload()).filter(({ severity }) => severity === 'error')).toEqual([])
    }
  }
  return {
    file,
    folder: dirname(file),
    url: url('mcp'),
    upstream,
    reload: reloading(running.reload),
    overStdio: async (streams) => {
      const { reload, ended } = await openStdio(file, options, streams)
      atEnd(() => ended)
      return { reload: reloading(reload) }
    },
  }
}
