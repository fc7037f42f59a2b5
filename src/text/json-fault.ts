/** Where a text stops being JSON, and what should stand there. `JSON.parse` says it in other words in every Node. */

export interface JsonFault {
  readonly offset: number
  readonly expected: string
}

/** A token of RFC 8259: punctuation, a text, or another scalar. */
const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 refuses unescaped control characters in texts.
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|((?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])))/y

type State = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'next'

const expectations: Readonly<Record<Exclude<State, 'next'>, string>> = {
  value: 'a value',
  'first value': 'a value or "]"',
  name: 'a name in double quotes',
  'first name': 'a name in double quotes or "}"',
  colon: '":"',
}

/** The first fault of a text that is no JSON; undefined when it is. */
export function jsonFault(text: string): JsonFault | undefined {
  const open: string[] = []
  let state: State = 'value'
  token.lastIndex = 0
  while (true) {
    const from = token.lastIndex
    const match = token.exec(text)
    const next: State | undefined = match === null ? undefined : after(state, match, open)
    if (next === undefined) {
      const offset = from + (/^[ \t\r\n]*/.exec(text.slice(from))?.[0].length ?? 0)
      if (state === 'next' && open.length === 0 && offset === text.length) return undefined
      return { offset, expected: expected(state, text[offset], open) }
    }
    state = next
  }
}

/** The state after a token, or undefined when the token may not stand here. */
function after(state: State, [, mark, quoted]: RegExpExecArray, open: string[]): State | undefined {
  const close = open.at(-1)
  if (state === 'colon') return mark === ':' ? 'value' : undefined
  if (state === 'next' && mark === ',' && close !== undefined) return close === '}' ? 'name' : 'value'
  if (mark !== undefined && mark === close && state !== 'value' && state !== 'name') {
    open.pop()
    return 'next'
  }
  if (state === 'next') return undefined
  if (state.endsWith('name')) return quoted === undefined ? undefined : 'colon'
  if (mark === undefined) return 'next'
  if (mark !== '{' && mark !== '[') return undefined
  open.push(mark === '{' ? '}' : ']')
  return mark === '{' ? 'first name' : 'first value'
}

function expected(state: State, character: string | undefined, open: readonly string[]): string {
  if (character === '"' && state !== 'next' && state !== 'colon')
    return 'a text that is closed and has no line break in it'
  if (state !== 'next') return expectations[state]
  const close = open.at(-1)
  return close === undefined ? 'nothing more' : `"," or "${close}"`
}
