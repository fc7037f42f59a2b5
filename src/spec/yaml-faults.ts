/** What the YAML parser complains of, in the words of who writes the file, with what to do about it. */

import type { YAMLParseError } from 'yaml'

export interface YamlFault {
  readonly detail: string
  readonly remedy: string
}

const quotes = 'put the whole value in quotes, one with {{name}} too'

/** By the start of what the parser says, or a part of it. */
const known: readonly (readonly [said: RegExp, detail: string, remedy: string])[] = [
  [/^Tabs are not allowed/, 'the line is indented with a tab', 'indent it with blanks'],
  [/^Missing closing/, 'a quote is not closed', 'close it'],
  [
    /^Flow .* must be sufficiently indented|^Missing , |^Block collections are not allowed within flow|flow-.*-end/,
    'a brace or bracket is not closed, or holds a text that should be in quotes',
    'close it, and put texts with colons, commas or braces in quotes',
  ],
  [
    /^Implicit (map )?keys need/,
    'the line is neither "key: value" nor "- entry"',
    'put a blank after the colon, and indent it like the lines it belongs to',
  ],
  [/must start at the same column/, 'lines that belong together are not indented alike', 'indent them alike'],
  [/at node end|^Unexpected .* token/, 'something follows a value that has ended', quotes],
]

/** A complaint of the parser about a text. */
export function yamlFault({ message, pos }: YAMLParseError, text: string): YamlFault {
  const said = (message.split('\n')[0] ?? '').replace(/[.:]$/, '')
  const character = /^Plain value cannot start with (?:reserved character )?(\S)/.exec(said)?.[1]
  if (character !== undefined) return { detail: `a text can't start with ${character}`, remedy: quotes }
  if (said.startsWith('Nested mappings')) return nested(text.slice(pos[0]).split('\n')[0] ?? '')
  const [, detail, remedy] = known.find(([pattern]) => pattern.test(said)) ?? []
  if (detail !== undefined && remedy !== undefined) return { detail, remedy }
  return { detail: said, remedy: 'check indentation, quotes and colons around this place' }
}

/** A second colon in the line, or a line below that is indented as if it belonged to the value. */
function nested(rest: string): YamlFault {
  if (/:\s/.test(rest)) return { detail: 'a text holds a colon and a blank', remedy: 'put it in quotes: "…: …"' }
  return { detail: 'the line below is indented deeper, but this one has a value', remedy: 'indent both alike' }
}

/** The first complaint: those after it are its echoes. */
export function withoutEchoes(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  return errors.slice(0, 1)
}
