/** MCP over stdio: one connection, the client's first message decides the revision. stdout is the protocol's alone. */

import { pipeline, type Readable, Transform, type Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio'
import type { McpPlan } from '../../plan.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createAnswers } from './answers.ts'
import { type Connection, changesOf, tellConnection } from './changes.ts'
import { createConsent } from './consent.ts'
import { createOffer, type Offer } from './offer.ts'
import { loadFor, serverFactory } from './server.ts'

export interface StdioStreams {
  readonly input: Readable
  readonly output: Writable
}

export interface ServedStdio {
  /** Resolves once the client has closed its end and the calls under way are answered. */
  readonly ended: Promise<void>
  /** Offers something else from now on, and tells the client. Throws StartError, having changed nothing. */
  readonly replace: (plan: McpPlan, runtime: Runtime, directory: string) => Promise<void>
}

/** Serves an MCP surface over a pair of streams. Throws StartError when what it offers can't be read. */
export async function serveMcpStdio(
  plan: McpPlan,
  runtime: Runtime,
  directory: string,
  { input, output }: StdioStreams,
): Promise<ServedStdio> {
  const underWay = new Set<Promise<unknown>>()
  const common = { consent: createConsent(), answers: createAnswers() }
  const offering = async (...[plan, runtime, directory]: Parameters<ServedStdio['replace']>): Promise<Offer> => {
    const offer = await createOffer(plan, runtime, directory, common)
    // Input may end with the first message: nothing is loaded or made any more before its answer.
    await (await loadFor(offer))?.catalogOf(offer.skills)
    return { ...offer, ...watched(offer, underWay) }
  }
  let now = await offering(plan, runtime, directory)
  let connection: Connection | undefined
  const build = serverFactory(() => now)
  const held = untilAnswered(underWay)
  pipeline(input, held, () => {})
  const handle = serveStdio(
    async ({ era }) => {
      const subscribed = new Set<string>()
      const server = await watch(build({ era, subscribed }), underWay)
      // The SDK knows what a client of the newer revision wants to hear.
      connection = { server, wants: (uri) => era === 'modern' || subscribed.has(uri) }
      return server
    },
    { transport: new StdioServerTransport(held, output) },
  )
  return {
    ended: endOf(held, output).then(async () => {
      await handle.close()
      held.destroy()
    }),
    replace: async (...from) => {
      const before = now
      now = await offering(...from)
      if (connection !== undefined) tellConnection(connection, changesOf(before, now))
    },
  }
}

function endOf(held: Transform, output: Writable): Promise<void> {
  return new Promise((resolve) => {
    held.once('end', resolve)
    held.once('close', resolve)
    output.once('error', () => resolve())
  })
}

/** The SDK stops where its input ends, and a write would go without an answer: the end is held back until there is one. */
function untilAnswered(underWay: ReadonlySet<Promise<unknown>>): Transform {
  return new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => void answered(underWay).then(() => done()),
  })
}

/** A turn for a message to become a call, or a server, and one for its answer to be written. */
async function answered(underWay: ReadonlySet<Promise<unknown>>): Promise<void> {
  do {
    await turn()
    await Promise.allSettled(underWay)
    await turn()
  } while (underWay.size > 0)
}

/** The same tools and resources, with what has no answer yet in a set. */
function watched({ tools, resources }: Offer, underWay: Set<Promise<unknown>>): Pick<Offer, 'tools' | 'resources'> {
  const watchSome = <T>(answering: Promise<T> | undefined) => answering && watch(answering, underWay)
  return {
    tools: { ...tools, call: (...asked) => watchSome(tools.call(...asked)) },
    resources: { ...resources, read: (...asked) => watchSome(resources.read(...asked)) },
  }
}

function watch<T>(answering: Promise<T>, underWay: Set<Promise<unknown>>): Promise<T> {
  underWay.add(answering)
  return answering.finally(() => underWay.delete(answering))
}
