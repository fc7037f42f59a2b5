/** What a document says is printed, held against what is. */

/** Whether a text is one that a document shows: `…` stands for anything within a line, and alone for any lines. */
export function isPrinted(actual: string, shown: string): boolean {
  const lines = shown
    .trim()
    .split('\n')
    .map((line) => line.trimEnd())
  const pattern = lines.map((line) => (line === '…' ? '(?:.*\n)*' : `${anyOf(line)}\n`)).join('')
  return new RegExp(`^${pattern}$`).test(`${actual.trim().replace(/[ \t]+$/gm, '')}\n`)
}

const anyOf = (line: string) =>
  line
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
