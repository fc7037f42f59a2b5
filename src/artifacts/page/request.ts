/**
 * The request of a form. The page runs these functions in the browser too, as they are written: they may use each other and
 * nothing else.
 */

/** An input and where the route reads it. */
export interface Placed {
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body'
  readonly key: string
  /** Names of the members that lead to it in the body; none = it is the body. Absent = the key. */
  readonly at?: readonly string[] | undefined
  /** Undefined = left out. */
  readonly value: unknown
  /** The value only stands for one, in a command to read, and is left as it is. */
  readonly standIn?: boolean
}

export interface PageRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
}

/** The request that carries these inputs. A path variable without a value keeps its braces. */
export function requestOf(method: string, path: string, inputs: readonly Placed[]): PageRequest {
  const given = inputs.filter((input) => input.value !== undefined)
  const encoded = (value: unknown, standIn = false) => (standIn ? asText(value) : encodeURIComponent(asText(value)))
  const headers: [string, string][] = []
  const query: string[] = []
  const cookies: string[] = []
  let filled = path
  for (const { in: place, key, value, standIn } of given) {
    if (place === 'path') filled = filled.split(`{${key}}`).join(encoded(value, standIn))
    if (place === 'header') headers.push([key, asText(value)])
    if (place === 'cookie') cookies.push(`${key}=${encoded(value, standIn)}`)
    if (place !== 'query') continue
    for (const one of Array.isArray(value) ? value : [value])
      query.push(`${encodeURIComponent(key)}=${encoded(one, standIn)}`)
  }
  if (cookies.length > 0) headers.push(['cookie', cookies.join('; ')])
  const body = bodyOf(given.filter((input) => input.in === 'body'))
  if (body !== undefined) headers.push(['content-type', 'application/json'])
  const target = query.length > 0 ? `${filled}?${query.join('&')}` : filled
  return { method, target, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Undefined when no input is read from the body. */
export function bodyOf(inputs: readonly Placed[]): unknown {
  if (inputs.length === 0) return undefined
  const body: Record<string, unknown> = {}
  for (const { key, at = [key], value } of inputs) {
    const last = at[at.length - 1]
    if (last === undefined) return value
    let holder = body
    for (const name of at.slice(0, -1)) {
      holder[name] ??= {}
      holder = holder[name] as Record<string, unknown>
    }
    holder[last] = value
  }
  return body
}

/** A command for the shell; `more` are arguments that come first, such as a credential. */
export function curlOf(request: PageRequest, origin: string, more: readonly string[]): string {
  const { method, target, headers, body } = request
  const lines = [
    ['curl', ...(method === 'GET' ? [] : ['-X', method]), ...more, quoted(origin + target)].join(' '),
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
  ]
  return lines.join(' \\\n  ')
}

export function quoted(text: string): string {
  return `'${text.split("'").join("'\\''")}'`
}
