/** `capability scripting`: what governs the scripts of a running capability, and what came of them. */

import type { Control } from './client.ts'
import { objectOf, said } from './json.ts'
import { aligned, type Cell, duration, localTime } from './layout.ts'
import type { Told } from './told.ts'

export type Settings = Readonly<Record<string, unknown>>

/** Tells the settings; those that are given are changed before, all or none. */
export async function scripting(control: Control, changes: Settings | undefined): Promise<Told> {
  const { text, json } = await control.ask('/scripting', changes === undefined ? {} : { method: 'PUT', body: changes })
  const { stats, ...settings } = objectOf(json)
  const rows = Object.entries(settings).map(([name, value]): readonly Cell[] => [said(name), shown(name, value)])
  return { json: text, lines: (paint) => aligned([...rows, ...statsRows(objectOf(stats))], paint) }
}

function shown(name: string, value: unknown): Cell {
  if (Array.isArray(value)) return value.length === 0 ? ['faint', 'all'] : value.map(said).join(', ')
  if (value === undefined || value === null) return ['faint', 'not set']
  return name === 'timeout' ? `${said(value)} ms` : said(value)
}

function statsRows(stats: Settings): readonly (readonly Cell[])[] {
  const { totalExecutions, totalErrors, averageDurationMs, lastExecutionAt } = stats
  if (totalExecutions === undefined) return []
  const ran = `${said(totalExecutions)}, ${said(totalErrors)} failed`
  if (lastExecutionAt === undefined) return [['executions', ran]]
  const when = localTime(said(lastExecutionAt))
  return [['executions', `${ran}, ${duration(Number(averageDurationMs))} on average, last at ${when}`]]
}
