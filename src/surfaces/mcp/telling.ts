/** What a client hears of a call that goes on: steps that are done, if it asked for that. */

import type { Server, ServerContext } from '@modelcontextprotocol/server'
import type { StepEvent } from '../../runtime/call.ts'

/** Tells a client of a step that is done. */
export type Tell = (context: ServerContext, name: string, event: StepEvent) => void

/** Log messages for who names a level with the request, which the SDK looks at; progress for who gave a token. */
export const telling: Tell = (context, name, event) => {
  log(context, name, event)
  progress(context, event)
}

/** A 2025 client may name a level once; the SDK sends everything to one that never did, which nobody asked for. */
export function askedFor(server: Server): Tell {
  let asked = false
  server.setRequestHandler('logging/setLevel', async ({ params: { level } }) => {
    asked = level === 'debug' || level === 'info'
    return {}
  })
  return (context, name, event) => {
    if (asked) log(context, name, event)
    progress(context, event)
  }
}

function log({ mcpReq }: ServerContext, logger: string, { step, type, ms }: StepEvent) {
  mcpReq.log('info', { step, type, ms }, logger).catch(gone)
}

function progress({ mcpReq }: ServerContext, { step, done, total }: StepEvent) {
  const progressToken = mcpReq._meta?.progressToken
  if (progressToken === undefined) return
  const params = { progressToken, progress: done, total, message: step }
  mcpReq.notify({ method: 'notifications/progress', params }).catch(gone)
}

/** A client that does not hear of it any more has gone, which the call learns otherwise. */
const gone = () => {}
