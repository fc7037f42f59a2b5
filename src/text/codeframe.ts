/** A few lines of a source with a caret under the place that is meant. */

const width = 100

/** Frames line `line` (from 1) of `text`, one line of context on each side, a caret at `column` (from 1). */
export function codeframe(text: string, line: number, column: number): string {
  const lines = linesOf(text)
  const count = lines.at(-1) === '' && line < lines.length ? lines.length - 1 : lines.length
  const first = Math.max(1, line - 1)
  const last = Math.min(count, line + 1)
  const gutter = String(last).length
  const out: string[] = []
  for (let n = first; n <= last; n++) {
    const mark = n === line ? '>' : ' '
    out.push(`${mark} ${String(n).padStart(gutter)} | ${cut(lines[n - 1] ?? '')}`.trimEnd())
    if (n === line && column <= width) out.push(`  ${' '.repeat(gutter)} | ${blanks(lines[n - 1] ?? '', column - 1)}^`)
  }
  return out.join('\n')
}

let latest: { readonly text: string; readonly lines: readonly string[] } = { text: '', lines: [''] }

/** The lines of a text; the latest one is remembered, because a file with one fault often has thousands. */
function linesOf(text: string): readonly string[] {
  if (latest.text !== text) latest = { text, lines: text.split(/\r?\n/) }
  return latest.lines
}

/** As wide as the start of a line: a tab is as wide as a tab. */
function blanks(line: string, length: number): string {
  return line.slice(0, length).replace(/[^\t]/g, ' ').padEnd(length)
}

function cut(line: string): string {
  return line.length > width ? `${line.slice(0, width)}…` : line
}
