/** Structured logs: one JSON line an event, on stderr, with the ids of the trace it belongs to. */

import type { Logger } from 'pino'
import type { Span } from './telemetry/span.ts'

export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type Level = (typeof levels)[number]

/** Facts about an event. No value of a call and no credential belongs here. */
export type Fields = Readonly<Record<string, string | number | undefined>>

export interface Log {
  /** The lowest level that is written. */
  readonly level: () => Level
  readonly setLevel: (level: Level) => void
  readonly write: (level: Exclude<Level, 'silent'>, message: string, fields?: Fields, span?: Span) => void
  /** Whether a line of this level is written: what is not asked for need not be put together. */
  readonly writes: (level: Exclude<Level, 'silent'>) => boolean
  /** Hands each line that is written to a listener too; answers how to stop it. */
  readonly follow: (listener: (line: string) => void) => () => void
}

export interface LogOptions {
  /** Default `warn`. */
  readonly level?: Level
  /** Takes one line with its line break. Default: stderr, since stdout may be a protocol's. */
  readonly output?: (line: string) => void
}

const ranks = Object.fromEntries(levels.map((level, i) => [level, i])) as Readonly<Record<Level, number>>

/** The library is loaded with the first line that is written: most runs write none. */
export function createLog({ level = 'warn', output = toStderr }: LogOptions = {}): Log {
  const followers = new Set<(line: string) => void>()
  let lowest: Level = level
  let rank = levels.indexOf(level)
  const writes = (at: Level) => ranks[at] >= rank
  const stream = {
    write: (line: string) => {
      output(line)
      for (const follower of followers) follower(line)
    },
  }
  let logger: Promise<Logger> | undefined
  return {
    level: () => lowest,
    setLevel: (wanted) => {
      lowest = wanted
      rank = ranks[wanted]
    },
    writes,
    write: (at, message, fields = {}, span) => {
      if (!writes(at)) return
      logger ??= open(stream)
      const trace = span === undefined ? {} : { trace_id: span.trace.traceId, span_id: span.spanId }
      void logger.then((open) => open[at]({ ...fields, ...trace }, message))
    },
    follow: (listener) => {
      followers.add(listener)
      return () => followers.delete(listener)
    },
  }
}

/** What is written is decided above, where a line that is not wanted costs one comparison. */
async function open(stream: { readonly write: (line: string) => void }): Promise<Logger> {
  const { pino } = await import('pino')
  return pino(
    { level: 'trace', base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: label } },
    stream,
  )
}

const label = (level: string) => ({ level })

function toStderr(line: string) {
  process.stderr.write(line)
}
