/** `capability logs`: how much is written, changed and followed while the capability runs. */

import type { Terminal } from '../terminal.ts'
import type { Control } from './client.ts'
import { listOf, objectOf, plain, said } from './json.ts'
import { aligned, type Cell, localTime, type Paint, painter, type Style } from './layout.ts'
import type { Told } from './told.ts'

/** The loggers and their levels. */
export async function logLevels(control: Control): Promise<Told> {
  const { text, json } = await control.ask('/logs')
  const rows = listOf(objectOf(json).loggers).map(({ name, level }): readonly Cell[] => [said(name), said(level)])
  return { json: text, lines: (paint) => aligned(rows, paint) }
}

/** Writes from this level on, until the next start. */
export async function setLogLevel(control: Control, level: string): Promise<Told> {
  const { text, json } = await control.ask('/logs/root', { method: 'PUT', body: { level } })
  const { name, level: now } = objectOf(json)
  return { json: text, lines: () => [`${said(name)} writes ${said(now)} and above, until the next start`] }
}

/** Prints each line as it is written, until the reader or the capability goes. */
export async function followLogs(control: Control, asJson: boolean, terminal: Terminal) {
  const { out, note, colours, watched, interrupted, left } = terminal
  const stop = new AbortController()
  void Promise.race([interrupted(), left]).then(() => stop.abort())
  const paint = painter(colours)
  if (watched) note(`the log of ${control.url}, until Ctrl-C\n`)
  for await (const line of control.follow('/logs/stream', stop.signal))
    out(`${asJson ? line : readable(line, paint)}\n`)
  if (!stop.signal.aborted) note(`the log of ${control.url} has ended\n`)
}

const styles: Readonly<Record<string, Style>> = { warn: 'odd', error: 'bad', fatal: 'bad' }

/** One event on one line: when, how grave, what, its facts. */
function readable(line: string, paint: Paint): string {
  const event = eventOf(line)
  if (event === undefined) return plain(line)
  const { time, level, msg, span_id: _, ...facts } = event
  const told = Object.entries(facts).map(([name, value]) => `${said(name)}=${said(value)}`)
  const grave = said(level)
  const shown = paint(styles[grave] ?? 'faint', grave.toUpperCase().padEnd(5))
  return `${paint('faint', localTime(said(time)))} ${shown} ${said(msg)} ${paint('faint', told.join(' '))}`.trimEnd()
}

function eventOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? objectOf(value) : undefined
  } catch {
    return undefined
  }
}
