/** The process under test: one surface of the bench capability, from the build. `capability.mjs <rest|mcp> <upstream>`. */

import { fileURLToPath } from 'node:url'
import { serve } from '../../dist/index.js'
import { announce } from './side-channel.mjs'

const [type, upstream] = process.argv.slice(2)
const running = await serve(fileURLToPath(new URL('../bench.ikanos.yml', import.meta.url)), {
  upstreams: { 'documents-api': upstream },
  ports: { 'bench-rest': 0, 'bench-mcp': 0 },
})
announce(running.surfaces.find(({ plan }) => plan.type === type).url)
