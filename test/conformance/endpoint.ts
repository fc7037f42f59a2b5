/** The endpoint that the conformance suite tests: `capability.yaml` as it is served, with the fixtures of `fixtures.ts`. */

import { fileURLToPath } from 'node:url'
import { load } from '../../src/load.ts'
import { open } from '../../src/open.ts'
import { serveSurfaces } from '../../src/surfaces/serve.ts'
import { type Changes, offering } from './fixtures.ts'
import { startUpstream } from './upstream.ts'

/** Serves it on a free port: `url` of the surface, `close`. */
export async function startEndpoint() {
  const upstream = await startUpstream()
  const capability = await load(fileURLToPath(new URL('capability.yaml', import.meta.url)))
  const { runtime, close } = await open(capability, { upstreams: { fixtures: upstream.url }, environment: {} })
  const changes: Changes = { tools: 0, prompts: 0, announce: () => served.replace(runtime) }
  const served = await serveSurfaces(runtime, {
    directory: capability.directory,
    version: '0.0.0',
    drainMs: 1000,
    offering: offering(changes),
  })
  return {
    url: served.surfaces().find(({ plan }) => plan.type === 'mcp')?.url ?? '',
    close: async () => {
      await served.close()
      await close()
      await upstream.close()
    },
  }
}
