/** URI templates of RFC 6570, level 1, read backwards: a URI and the values that it was made of. */

export type UriParts = readonly (string | { readonly input: string })[]

/** The values of a URI by input, percent-decoded; undefined when it is none of the template. */
export type MatchUri = (uri: string) => Readonly<Record<string, string>> | undefined

/** Literal text and names in turn, as far as the next slash. */
type Segment = UriParts

/** A variable matches one run without a slash, which is not empty, so each segment of a URI can be looked at alone. */
export function uriMatcher(parts: UriParts): MatchUri {
  const segments = segmentsOf(parts)
  return (uri) => {
    const texts = uri.split('/')
    if (texts.length !== segments.length) return undefined
    const values = new Map<string, string>()
    const fits = segments.every((segment, i) => matchSegment(segment, texts[i] ?? '', values))
    return fits ? Object.fromEntries(values) : undefined
  }
}

function segmentsOf(parts: UriParts): readonly Segment[] {
  const segments: Segment[] = [[]]
  for (const part of parts) {
    const [first, ...rest] = typeof part === 'string' ? part.split('/') : [part]
    const last = segments.length - 1
    segments[last] = [...(segments[last] ?? []), ...(first === undefined || first === '' ? [] : [first])]
    segments.push(...rest.map((text) => (text === '' ? [] : [text])))
  }
  return segments
}

/** Takes the shortest run that the next literal follows; the last literal must stand at the end. */
function matchSegment(segment: Segment, text: string, values: Map<string, string>): boolean {
  let at = 0
  for (const [i, part] of segment.entries()) {
    if (typeof part === 'string') {
      if (!text.startsWith(part, at)) return false
      at += part.length
      continue
    }
    const end = endOf(segment, i, text, at)
    if (end <= at || !keep(values, part.input, text.slice(at, end))) return false
    at = end
  }
  return at === text.length
}

/** Where the run of the variable at `i` ends; -1 = nowhere. */
function endOf(segment: Segment, i: number, text: string, at: number): number {
  const next = segment[i + 1]
  if (next === undefined) return text.length
  if (typeof next !== 'string') return at + 1
  return i + 2 === segment.length ? text.length - next.length : text.indexOf(next, at + 1)
}

/** The same variable twice is the same value twice. */
function keep(values: Map<string, string>, input: string, encoded: string): boolean {
  const value = attempt(decodeURIComponent, encoded)
  const before = values.get(input)
  if (value === undefined || (before !== undefined && before !== value)) return false
  values.set(input, value)
  return true
}

/** The URI of these values; undefined when one of them is missing, or none that a URI can hold. */
export function expandUri(parts: UriParts, values: Readonly<Record<string, unknown>>): string | undefined {
  let uri = ''
  for (const part of parts) {
    const text = typeof part === 'string' ? part : encoded(values[part.input])
    if (text === undefined) return undefined
    uri += text
  }
  return uri
}

/** RFC 6570 §3.2.2 keeps fewer characters than `encodeURIComponent` does. */
function encoded(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
  const text = attempt(encodeURIComponent, String(value))
  return text?.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`) || undefined
}

/** Undefined for a text that is not well-formed, encoded or not. */
function attempt(convert: (text: string) => string, text: string): string | undefined {
  try {
    return convert(text)
  } catch {
    return undefined
  }
}
