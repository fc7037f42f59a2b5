/** `capability traces`: the last calls, and what each spent its time on. */

import { StartError } from '../../index.ts'
import { type Control, ControlError } from './client.ts'
import { listOf, objectOf, said } from './json.ts'
import { aligned, type Cell, duration, localTime, stateOf } from './layout.ts'
import type { Told } from './told.ts'

export interface TracesFlags {
  readonly operation?: string
  readonly status?: string
}

type Json = Readonly<Record<string, unknown>>

/** The list, newest first, or one trace as a tree. Throws StartError where a filter is given with an id. */
export async function traces(control: Control, id: string | undefined, flags: TracesFlags): Promise<Told> {
  const { operation, status } = flags
  const query = { ...(operation === undefined ? {} : { operation }), ...(status === undefined ? {} : { status }) }
  if (id === undefined) return list(control, query)
  if (Object.keys(query).length === 0) return one(control, id)
  throw new StartError('--operation and --status look for traces; leave them out where one is named')
}

async function list(control: Control, query: Readonly<Record<string, string>>): Promise<Told> {
  const { text, json } = await control.ask('/traces', { query })
  const { traces, bufferSize, bufferUsed } = objectOf(json)
  const found = listOf(traces)
  const head = ['TRACE ID', 'OPERATION', 'DURATION', 'STATUS', 'SPANS', 'TIME'].map((name): Cell => ['faint', name])
  const nothing =
    Object.keys(query).length > 0 && Number(bufferUsed) > 0
      ? `none of the last ${said(bufferUsed)} traces fits`
      : 'no call has been traced yet'
  return {
    json: text,
    lines: (paint) =>
      found.length === 0
        ? [nothing]
        : [
            ...aligned([head, ...found.map(row)], paint),
            paint('faint', `${found.length} of ${said(bufferUsed)} kept, at most ${said(bufferSize)}`),
          ],
  }
}

function row({ traceId, operation, durationMs, status, spanCount, timestamp }: Json): readonly Cell[] {
  const time = localTime(said(timestamp))
  return [said(traceId), said(operation), duration(Number(durationMs)), stateOf(said(status)), said(spanCount), time]
}

async function one(control: Control, id: string): Promise<Told> {
  const { text, json } = await control
    .ask(`/traces/${encodeURIComponent(id)}`)
    .catch((error) => missing(control, error))
  const { traceId, operation, durationMs, status, timestamp, spans } = objectOf(json)
  const head = [said(traceId), said(operation), duration(Number(durationMs)), stateOf(said(status))]
  return {
    json: text,
    lines: (paint) => [
      ...aligned([[...head, localTime(said(timestamp))]], paint),
      ...aligned(tree(listOf(spans)), paint),
    ],
  }
}

/** An id that is not kept, where traces are; what switches them on, where they are not. */
async function missing(control: Control, error: unknown): Promise<never> {
  if (!(error instanceof ControlError) || error.status !== 404) throw error
  const { bufferSize } = objectOf((await control.ask('/traces')).json)
  throw new ControlError(
    `no trace of this id is kept, only the last ${said(bufferSize)} are; "capability traces" lists them`,
    404,
  )
}

/** A span whose parent is not here, such as the caller's, stands at the top. */
function tree(spans: readonly Json[]): readonly (readonly Cell[])[] {
  const known = new Set(spans.map(({ spanId }) => spanId))
  const below = (parent: unknown) => spans.filter(({ parentSpanId }) => parentSpanId === parent)
  const rows = (level: readonly Json[], indent: string): readonly (readonly Cell[])[] =>
    level.flatMap((span, i) => {
      const isLast = i === level.length - 1
      const own = [`${indent}${isLast ? '└─' : '├─'} ${said(span.name)}`, ...facts(span)]
      return [own, ...rows(below(span.spanId), `${indent}${isLast ? '   ' : '│  '}`)]
    })
  return rows(
    spans.filter(({ parentSpanId }) => !known.has(parentSpanId)),
    '',
  )
}

function facts({ kind, durationMs, status, attributes }: Json): readonly Cell[] {
  const more = Object.entries(objectOf(attributes))
    .filter(([name]) => name !== 'ikanos.capability')
    .map(([name, value]) => `${said(name).replace(/^ikanos\./, '')}=${said(value)}`)
  return [['faint', said(kind)], duration(Number(durationMs)), stateOf(said(status)), ['faint', more.join(' ')]]
}
