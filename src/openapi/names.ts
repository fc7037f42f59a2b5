/** Names of a description as a capability, an MCP client and a person take them. */

/** The longest name of a tool that every MCP client takes. */
const maxLength = 64

/** Lower-case words with hyphens, 64 characters at most: `listPets` and `pets/list_all` -> `list-pets`, `pets-list-all`. */
export function kebab(text: string): string {
  const words = text
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
  return cut(words.toLowerCase().replace(/^-+|-+$/g, ''), maxLength)
}

function cut(name: string, length: number): string {
  if (name.length <= length) return name
  const end = name.lastIndexOf('-', length)
  return name.slice(0, end > length / 2 ? end : length).replace(/-+$/, '')
}

/** Names that are given, in lower case, with the number that the next one of the same name gets. */
export type Taken = Map<string, number>

/** `name`, or the first of `name-2`, `name-3`, … that is not taken; it is taken then. */
export function claim(name: string, taken: Taken, joint = '-'): string {
  const first = name.toLowerCase()
  const stem = cut(name, maxLength - 6)
  let number = taken.get(first) ?? 1
  let free = name
  for (; taken.has(free.toLowerCase()); number++) free = `${stem}${joint}${number + 1}`
  taken.set(first, number)
  if (!taken.has(free.toLowerCase())) taken.set(free.toLowerCase(), 1)
  return free
}

/** A name of an input that any client takes: `filter[name]` -> `filter_name`. */
export function inputName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^_+|_+$/g, '')
  return plain.slice(0, maxLength) || 'value'
}

/** A variable of the environment: `pet-store`, `token` -> `PET_STORE_TOKEN`. */
export function variable(...words: readonly string[]): string {
  const name = words.map((word) => kebab(word).replaceAll('-', '_').toUpperCase()).join('_')
  return /^[A-Z]/.test(name) ? name : `API_${name}`
}

/** Words of a name, as a sentence: `request_file_id` -> `Request file id.` */
export function sentenceOf(name: string): string {
  const words = kebab(name).replaceAll('-', ' ')
  return words === '' ? 'A value.' : `${words[0]?.toUpperCase()}${words.slice(1)}.`
}

/** Prose on one line, cut after a sentence where it is longer than `length` characters; nothing in it runs on a page. */
export function prose(text: string, length: number): string {
  const line = isPlain(text) ? text : plain(text)
  if (line.length <= length) return line
  const end = Math.max(...['. ', '! ', '? '].map((stop) => line.lastIndexOf(stop, length - 1)))
  return end > length / 3 ? line.slice(0, end + 1) : `${line.slice(0, length - 1).replace(/\s+\S*$/, '')}…`
}

/** Most texts are; to look is much faster than to replace. */
const isPlain = (text: string) => !/[<\t\n\r\f\v\u0080-\uffff]|^ | {2}| $|eval\(/i.test(text)

const plain = (text: string) =>
  text
    .replace(/<\/?[a-z][^<>]*>/gi, ' ')
    .replace(/<script|eval\(/gi, '')
    .replace(/\s+/g, ' ')
    .trim()
