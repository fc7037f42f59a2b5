/** MCP over stdio: one connection, the client's first message decides the revision. stdout is the protocol's alone. */

import { pipeline, type Readable, Transform, type Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio'
import type { McpPlan } from '../../plan.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createOffer } from './offer.ts'
import { serverFactory } from './server.ts'
import type { Tools } from './tools.ts'

export interface StdioStreams {
  readonly input: Readable
  readonly output: Writable
}

/** Serves until the client has closed its end and the calls under way are answered; the promise resolves then. */
export async function serveMcpStdio(
  plan: McpPlan,
  runtime: Runtime,
  directory: string,
  streams: StdioStreams,
): Promise<void> {
  const { input, output } = streams
  const underWay = new Set<Promise<unknown>>()
  const offer = await createOffer(plan, runtime, directory)
  const watching = { ...offer, tools: watched(offer.tools, underWay) }
  const build = serverFactory(() => watching)
  const held = untilAnswered(underWay)
  const ended = new Promise<void>((resolve) => {
    held.once('end', resolve)
    held.once('close', resolve)
    output.once('error', () => resolve())
  })
  pipeline(input, held, () => {})
  const handle = serveStdio(build, { transport: new StdioServerTransport(held, output) })
  await ended
  await handle.close()
  held.destroy()
}

/** The SDK stops where its input ends, and a write would go without an answer: the end is held back until there is one. */
function untilAnswered(underWay: ReadonlySet<Promise<unknown>>): Transform {
  return new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => {
      // One turn for the last message to become a call, one for its answer to be written.
      void turn()
        .then(() => Promise.allSettled(underWay))
        .then(() => turn())
        .then(() => done())
    },
  })
}

/** The same tools, with the calls that have no answer yet in a set. */
function watched(tools: Tools, underWay: Set<Promise<unknown>>): Tools {
  return {
    ...tools,
    call: (name, args, call) => {
      const answering = tools.call(name, args, call)
      if (answering === undefined) return undefined
      underWay.add(answering)
      return answering.finally(() => underWay.delete(answering))
    },
  }
}
