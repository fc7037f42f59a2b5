/** Texts of others in pages of ours: a name or a description is never a heading, a link, a row or a tag of the page. */

/** On one line, without control characters. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

/** A paragraph or a part of one. */
export function paragraph(text: string): string {
  return oneLine(text)
    .replaceAll('<', '&lt;')
    .replace(/^([#>+*=~`|-]|\d+(?=[.)]))/, '\\$1')
}

/** A cell of a table. */
export const cell = (text: string) => paragraph(text).replaceAll('|', '\\|')

/** What can be clicked. */
export const linkText = (text: string) => cell(text).replaceAll(/[[\]]/g, '\\$&')

/** Between backticks. */
export const code = (text: string) => `\`${oneLine(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``

/** Up to so many characters, cut between words where there are some. */
export function cut(text: string, most: number): string {
  const characters = [...oneLine(text)]
  if (characters.length <= most) return characters.join('')
  const kept = characters.slice(0, most - 1).join('')
  return `${kept.replace(/\s+\S*$/, '')}…`
}
