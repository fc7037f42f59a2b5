/** Tables of Markdown. */

/** A table as GitHub reads it; cells may hold Markdown, but no end of a line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('')
}

export const code = (text: string) => `\`${text}\``

/** Names in code, with commas between them; `none` where there are none. */
export const codes = (names: readonly string[], none = '') => names.map(code).join(', ') || none
