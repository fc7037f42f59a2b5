/** A value that does not print: not in a log, not in JSON, not in a template string. */
import { inspect } from 'node:util'

const masked = '***'

export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  /** The value itself. Call it only where the value leaves for its one destination. */
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return masked
  }
  toJSON(): string {
    return masked
  }
  [inspect.custom](): string {
    return masked
  }
}

/**
 * A function that replaces every known secret value in a text, in the forms it may travel in (as is, URL-encoded,
 * base64 as in a Basic header). Values shorter than four characters are left: masking them would garble every text.
 */
export function masker(secrets: Iterable<Secret>): (text: string) => string {
  const forms = new Set<string>()
  for (const secret of secrets) {
    const value = secret.reveal()
    if (value.length < 4) continue
    for (const form of [value, encodeURIComponent(value), base64(value), base64(`${value}:`)]) forms.add(form)
  }
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  return (text) => longestFirst.reduce((masking, form) => masking.replaceAll(form, masked), text)
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
