/** The template language of the capability format: text with {{placeholders}} (the Mustache variables of spec §3). */

/** A placeholder: `name` is what stands between the braces, blanks trimmed. */
export interface Placeholder {
  readonly name: string
  readonly offset: number
}

/** A parsed template: literal text and placeholders in order. Prints as its source. */
export interface Template {
  readonly source: string
  readonly parts: readonly (string | Placeholder)[]
}

export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError'
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

const opening = /\{\{(\{?)/g
const nameShape = /^[^\s{}]+$/

/**
 * Parses a template. `{{x}}`, `{{{x}}}` and `{{&x}}` all mean the unescaped value of x; sections, inverted sections,
 * partials and comments of Mustache are refused. An unclosed `{{` is an error, so that no placeholder travels upstream
 * as text.
 */
export function parseTemplate(source: string): Template {
  const parts: (string | Placeholder)[] = []
  let end = 0
  opening.lastIndex = 0
  for (let match = opening.exec(source); match !== null; match = opening.exec(source)) {
    const close = match[1] === '{' ? '}}}' : '}}'
    const from = match.index + match[0].length
    const to = source.indexOf(close, from)
    if (to < 0)
      throw new TemplateSyntaxError(`"${source.slice(match.index, match.index + 20)}" is never closed`, match.index)
    if (match.index > end) parts.push(source.slice(end, match.index))
    parts.push(placeholder(source.slice(from, to), match.index))
    end = to + close.length
    opening.lastIndex = end
  }
  if (end < source.length) parts.push(source.slice(end))
  return { source, parts }
}

function placeholder(inner: string, offset: number): Placeholder {
  const text = inner.trim()
  const sigil = text[0] ?? ''
  if ('#^/>!='.includes(sigil) && sigil !== '') {
    throw new TemplateSyntaxError(`"{{${sigil}…}}" is a Mustache section, partial or comment, which is not run`, offset)
  }
  const name = sigil === '&' ? text.slice(1).trim() : text
  if (!nameShape.test(name)) throw new TemplateSyntaxError(`"{{${inner}}}" holds no name`, offset)
  return { name, offset }
}

/** The placeholder of a template that is nothing but one, else undefined: such a template keeps its value's type. */
export function solePlaceholder(template: Template): Placeholder | undefined {
  const [part] = template.parts
  return template.parts.length === 1 && typeof part === 'object' ? part : undefined
}

/** The first placeholder as it is written, or a bind without braces (`$env.KEY`), in a text that takes none; else undefined. */
export function strayPlaceholder(text: string): string | undefined {
  return isEnvReference(text) ? text : /\{\{[^{}]*\}\}/.exec(text)?.[0]
}

/** A string that is a bind without braces, as the format's own descriptions write one (`token: $env.API_TOKEN`). */
export const isEnvReference = (source: string) => /^\$env\.[A-Za-z_][A-Za-z0-9_]*$/.test(source)
