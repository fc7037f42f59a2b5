/** What sessions were told last, for a client whose connection broke before it heard (2025-11-25, Resumability). */

import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server'

interface Told {
  /** The session: nobody is told what another one was. */
  readonly to: EventStore
  readonly stream: string
  readonly message: JSONRPCMessage
  readonly size: number
}

/** What one costs beside its text, in characters, so that many small ones are bounded too. */
const overhead = 256

/**
 * Makes the memory of one session after the other. All share `most` characters (default 2 million): what is oldest is
 * forgotten first, and who asks for it is told that it is not known.
 */
export function createReplay(most = 2_000_000): () => EventStore {
  const told = new Map<string, Told>()
  let count = 0
  let size = 0
  const keep = (event: Told) => {
    count += 1
    told.set(String(count), event)
    size += event.size
    for (const [id, { size: freed }] of told) {
      if (size <= most) break
      told.delete(id)
      size -= freed
    }
    return String(count)
  }
  const own = (to: EventStore, id: string) => {
    const event = told.get(id)
    return event?.to === to ? event : undefined
  }
  return () => {
    const session: EventStore = {
      storeEvent: async (stream, message) =>
        keep({ to: session, stream, message, size: JSON.stringify(message).length + overhead }),
      getStreamIdForEventId: async (id) => own(session, id)?.stream,
      replayEventsAfter: async (last, { send }) => {
        const { stream = '' } = own(session, last) ?? {}
        for (const [id, event] of [...told])
          if (Number(id) > Number(last) && event.to === session && event.stream === stream)
            await send(id, event.message)
        return stream
      },
    }
    return session
  }
}
