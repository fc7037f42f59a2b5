/** The process under test: the endpoint with its fixtures, and the bundled capability on its sandbox. Goes with its parent. */

import { bundledCapability, serve } from '../../src/index.ts'
import { startEndpoint } from './endpoint.ts'

const anyPort = Object.fromEntries(['files-rest', 'files-mcp', 'files-skill', 'control'].map((name) => [name, 0]))
const [{ url }, bundled] = await Promise.all([
  startEndpoint(),
  serve(bundledCapability(), { sandbox: true, environment: {}, ports: anyPort }),
])
const mcp = bundled.surfaces.find(({ plan }) => plan.type === 'mcp')
process.once('disconnect', () => process.exit())
process.send?.({ endpoint: `${url}/mcp`, bundled: `${mcp?.url}/mcp`, examples: bundled.sandbox?.examples })
