/** HTML in which everything that is put in is text: what a capability or a document says is data, never markup. */

/** Markup that was made here. */
export interface Html {
  readonly html: string
}

/** What can be put into markup; nothing stands for undefined and false. */
export type Content = Html | string | number | false | undefined | readonly Content[]

/** Markup as it is written, with the values in it escaped: quotes too where they stand inside of a tag. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  let written = ''
  let inTag = false
  parts.forEach((part, i) => {
    if (i > 0) written += markup(values[i - 1], inTag ? escapedInTag : escaped)
    const [opened, closed] = [part.lastIndexOf('<'), part.lastIndexOf('>')]
    if (opened !== closed) inTag = opened > closed
    written += part
  })
  return { html: written }
}

/** Text that is known to be no markup where it stands, such as a style sheet. */
export function verbatim(text: string): Html {
  return { html: text }
}

/** An address or a path that breaks between its segments where it is too long for a line. */
export function breakable(path: string): readonly Html[] {
  return path.split('/').map((segment, i) => (i === 0 ? html`${segment}` : html`/<wbr>${segment}`))
}

/** The attributes that have a value; `true` is one without. */
export function attributes(all: Readonly<Record<string, string | number | boolean | undefined>>): Html {
  const written = Object.entries(all).flatMap(([name, value]) =>
    value === undefined || value === false
      ? []
      : value === true
        ? ` ${name}`
        : ` ${name}="${escapedInTag(String(value))}"`,
  )
  return { html: written.join('') }
}

function markup(value: Content, escaping: (text: string) => string): string {
  if (value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escaping(String(value))
  return 'html' in value ? value.html : value.map((one) => markup(one, escaping)).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? character)
}

function escapedInTag(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
