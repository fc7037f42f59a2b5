/** Prose. */

/** Up to a full stop that a capital letter or nothing follows: an abbreviation such as "e.g." ends nothing. */
export function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s+["'(]?\p{Lu}|\s*$)/su.exec(text)?.[0] ?? text
}
