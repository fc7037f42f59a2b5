/** Whether a file has the shape of the format. */

import type { Definition } from './definition.ts'
import { knownNames, type UnknownName } from './names.ts'

/** How a value of each type is written, by the words that name the type. */
const typeHints: Readonly<Record<string, string>> = {
  'a map': 'write it as indented "key: value" lines',
  'a list': 'start each entry with "- "',
  text: 'put it in quotes',
  'a whole number': 'write it without quotes and without a fraction',
  'a number': 'write it without quotes',
  'true or false': 'write true or false, without quotes',
}

/** A text that is none is written below its key, or is a placeholder that YAML reads as a map of a map. */
function typeHint({ expected, found }: { readonly expected: string; readonly found: string }): string | undefined {
  if (found === 'nothing') return undefined
  if (found.includes('{{')) return 'put the placeholder in quotes'
  if (expected === 'text' && found.startsWith('a ')) return 'write one text here'
  return typeHints[expected]
}

export const shape = {
  'unknown-key': {
    about: 'A key is one that the format knows at its place.',
    severity: 'error',
    message: (a: UnknownName) => `unknown key "${a.name}"`,
    hint: (a: UnknownName) => knownNames('keys', a),
  },
  'missing-key': {
    about: 'A key that the format asks for is there.',
    severity: 'error',
    message: (a: { name: string }) => `missing key "${a.name}"`,
    hint: (a: { name: string }) => `add "${a.name}:" here`,
  },
  'wrong-type': {
    about: 'A value is of the type that its key asks for.',
    severity: 'error',
    message: (a: { expected: string; found: string }) => `expected ${a.expected}, found ${a.found}`,
    hint: (a: { expected: string; found: string }) => typeHint(a),
  },
  'wrong-value': {
    about: 'A value follows the rule of its key.',
    severity: 'error',
    message: (a: { value: string; rule: string }) => `${a.value} ${a.rule}`,
  },
  'wrong-choice': {
    about: 'A value is one of those its key allows.',
    severity: 'error',
    message: (a: UnknownName) => `"${a.name}" is not one of the values allowed here`,
    hint: (a: UnknownName) => knownNames('values', a),
  },
  'read-as': {
    about: 'A value is written as the format says it.',
    severity: 'warning',
    message: (a: { found: string; meant: string }) => `${a.found} is read as ${a.meant}`,
    hint: () => 'other programs may not read it so; write what is meant',
  },
  'beyond-format': {
    about: 'A word is one of the format, so that other engines take it.',
    severity: 'warning',
    message: (a: { word: string }) => `"${a.word}" is no word of the format, though it runs here`,
    hint: () => 'other engines refuse it; use this file with this program only',
  },
  'unsupported-authentication': {
    about: 'Authentication is of a kind that can be done.',
    severity: 'error',
    message: (a: { kind: string }) => `authentication of the kind "${a.kind}" can't be done`,
    hint: () => 'there are basic, bearer, apikey, digest and oauth2; put a gateway that signs requests in between',
  },
} as const satisfies Record<string, Definition>
