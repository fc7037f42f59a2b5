/** The MCP surface of a capability served over stdio, to the one client that started the program. */

import { StartError } from './errors.ts'
import { noticesOf } from './narrow.ts'
import type { McpPlan, Plan } from './plan.ts'
import { isCollected, loadServed, openAs, type Present, reloading, type ServedOptions } from './reload.ts'
import type { Running } from './serving.ts'
import type { StdioStreams } from './surfaces/mcp/stdio.ts'

/** A capability whose MCP surface is served over stdio. */
export interface RunningStdio extends Pick<Running, 'capability' | 'notices' | 'reload' | 'sandbox'> {
  /** Resolves once the client has closed its end and what it called is answered. */
  readonly ended: Promise<void>
}

const standard: StdioStreams = { input: process.stdin, output: process.stdout }

/** Serves the first MCP surface of a capability. Throws CapabilityError, or StartError when it has none. */
export async function openStdio(
  file: string,
  options: ServedOptions = {},
  streams: StdioStreams = standard,
): Promise<RunningStdio> {
  const capability = await loadServed(file, options)
  const surface = surfaceOf(capability.plan)
  const isObserved = () => isCollected(options)
  const state = await openAs(capability, options, isObserved)
  const served = await serving(surface, state.now, streams)
  const reload = reloading(file, options, state, isObserved, ({ runtime }, { plan, directory }) =>
    served.replace(surfaceOf(plan), runtime, directory),
  )
  const { sandbox } = state.now.opened
  return {
    get capability() {
      return state.now.capability
    },
    ...(sandbox === undefined ? {} : { sandbox }),
    notices: noticesOf([surface]),
    reload,
    ended: served.ended.finally(() => state.now.opened.close()),
  }
}

async function serving(surface: McpPlan, { capability, opened }: Present, streams: StdioStreams) {
  const { serveMcpStdio } = await import('./surfaces/mcp/stdio.ts')
  try {
    return await serveMcpStdio(surface, opened.runtime, capability.directory, streams)
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** Serves the first MCP surface of a capability over stdio until the client closes its end. */
export async function serveStdio(...given: Parameters<typeof openStdio>): Promise<void> {
  await (await openStdio(...given)).ended
}

function surfaceOf({ surfaces }: Plan): McpPlan {
  const surface = surfaces.find((s) => s.type === 'mcp')
  if (surface === undefined) throw new StartError('this capability has no mcp surface')
  return surface
}
