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
 * A function that replaces every known secret value in a text, in the forms it may travel in: as is, escaped as in JSON,
 * URL-encoded, in base64 alone or inside something longer. Values shorter than four characters are left: masking them
 * would garble every text.
 */
export function masker(secrets: Iterable<Secret>): (text: string) => string {
  const forms = new Set<string>()
  for (const secret of secrets) {
    const value = secret.reveal()
    if (value.length >= shortest) for (const form of formsOf(value)) forms.add(form)
  }
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  return (text) => longestFirst.reduce((masking, form) => masking.replaceAll(form, masked), text)
}

const shortest = 4

function formsOf(value: string): readonly string[] {
  // A lone surrogate has no UTF-8 of its own.
  const wellFormed = Buffer.from(value).toString()
  const encoded = [encodeURIComponent(wellFormed), new URLSearchParams({ v: wellFormed }).toString().slice(2)]
  const lower = encoded.map((text) => text.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()))
  const within = [0, 1, 2].flatMap((before) => base64Within(value, before))
  return [value, escaped(value), ...encoded, ...lower, base64(value), base64(`${value}:`), ...within]
}

/** A text as it stands inside a JSON string. */
export function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** The characters that stand for a text in base64 whatever surrounds it, in both alphabets. `before` = bytes, modulo 3. */
function base64Within(text: string, before: number): readonly string[] {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
  const [from, to] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)]
  return (['base64', 'base64url'] as const).map((alphabet) => bytes.toString(alphabet).slice(from, to))
}
