/** How answers look on a terminal: columns, colours, durations, times. */

import { styleText } from 'node:util'

export type Style = 'good' | 'bad' | 'odd' | 'faint' | 'strong'

const formats = { good: 'green', bad: 'red', odd: 'yellow', faint: 'gray', strong: 'bold' } as const

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

export function painter(colours: boolean): Paint {
  return (style, text) => (colours ? styleText(formats[style], text, { validateStream: false }) : text)
}

export type Cell = string | readonly [Style, string]

/** Rows with their columns below each other, two blanks apart. */
export function aligned(rows: readonly (readonly Cell[])[], paint: Paint, indent = ''): readonly string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, textOf(cell).length)
  return rows.map((row) => {
    const cells = row.map((cell, i) => painted(cell, paint) + ' '.repeat((widths[i] ?? 0) - textOf(cell).length))
    return `${indent}${cells.join('  ')}`.trimEnd()
  })
}

const textOf = (cell: Cell) => (typeof cell === 'string' ? cell : cell[1])
const painted = (cell: Cell, paint: Paint) => (typeof cell === 'string' ? cell : paint(...cell))

/** The colour of a state: up and well, or not. */
export function stateOf(state: string): Cell {
  const isGood = ['UP', 'OK', 'started', 'active', 'closed'].includes(state)
  return [isGood ? 'good' : state === 'inactive' ? 'faint' : state === 'half-open' ? 'odd' : 'bad', state]
}

/** A duration in milliseconds, with three digits that count. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return ''
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${(ms / 1000).toFixed(2)} s`
}

/** An ISO 8601 time where this machine stands, e.g. `2026-11-24 11:05:00.123`; the text itself when it is none. */
export function localTime(text: string): string {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) return text
  const here = new Date(time.getTime() - time.getTimezoneOffset() * 60_000)
  return here.toISOString().replace('T', ' ').replace('Z', '')
}
