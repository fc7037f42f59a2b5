import type { Output, Unit } from '../../spec/document.ts'
import { namesSchemaFile } from '../../spec/output-schemas.ts'
import { child } from '../../text/pointer.ts'
import { strayPlaceholder } from '../../text/template.ts'
import type { Rule } from './rule.ts'

/** A placeholder in a text that takes none would be taken for the text itself, and nobody would know. */
export const placeholders: Rule = ({ document, report }) => {
  const tell = (pointer: string, text: string, what: string) => report('stray-placeholder', pointer, { text, what })
  for (const { pointer, location } of document.binds) check(location, 'a location', child(pointer, 'location'), tell)
  for (const api of document.consumes) visit(api, api.pointer, { tell, mocks: false })
  for (const section of [...document.aggregates, ...document.exposes])
    visit(section, section.pointer, { tell, mocks: true })
}

type Tell = (pointer: string, text: string, what: string) => void

interface Visit {
  readonly tell: Tell
  /** Whether a unit that runs nothing answers its values, which are templates (spec §4.6). */
  readonly mocks: boolean
}

/** Texts that take none, by their key; what names something of the capability is told where it is looked up. */
const plain: Readonly<Record<string, string>> = {
  address: 'an address to listen on',
  location: 'a location',
  defaultLocation: 'a location',
  outputSchema: 'a schema',
  outputMediaType: 'a media type',
  match: 'the name of a member',
  instruction: 'the name of a file',
  mapping: 'a JSONPath',
}

/** What holds templates, data or prose. */
const passed = new Set(['with', 'body', 'inputParameters', 'authentication', 'metadata', 'semantics', 'hints', 'const'])

function visit(node: object, pointer: string, to: Visit) {
  for (const [key, value] of Object.entries(node)) {
    // The document knows no "management" around it.
    const at = child(key === 'scripting' ? child(pointer, 'management') : pointer, key)
    if (passed.has(key) || (key === 'outputSchema' && isSchemaText(node))) continue
    if (key === 'outputParameters') visitOutputs(value, to.mocks && runsNothing(node), at, to.tell)
    else visitEntries(value, at, key, to)
  }
}

function visitEntries(value: unknown, at: string, key: string, to: Visit) {
  const entries = value instanceof Map || Array.isArray(value) ? [...value.entries()] : undefined
  if (entries === undefined) return visitValue(value, at, key, to)
  for (const [name, inner] of entries) visitValue(inner, child(at, name), key, to)
}

function visitValue(value: unknown, at: string, key: string, to: Visit) {
  if (typeof value === 'object' && value !== null) visit(value, at, to)
  else check(value, plain[key], at, to.tell)
}

/** A schema file stands there as its text. */
const isSchemaText = (node: object) => 'outputRawFormat' in node && namesSchemaFile(node.outputRawFormat)

const runsNothing = (unit: Partial<Unit> & { readonly ref?: string }) =>
  unit.call === undefined && unit.steps === undefined && unit.ref === undefined

function visitOutputs(outputs: readonly (Output | string)[], mock: boolean, pointer: string, tell: Tell) {
  outputs.forEach((output, i) => {
    if (typeof output === 'string') check(output, 'the name of a member', child(pointer, i), tell)
    else visitOutput(output, mock, child(pointer, output.name ?? i), tell)
  })
}

function visitOutput({ mapping, value, items, properties }: Output, mock: boolean, pointer: string, tell: Tell) {
  check(mapping, plain.mapping, child(pointer, 'mapping'), tell)
  if (!mock) check(value, 'a value that a call answers', child(pointer, 'value'), tell)
  if (items !== undefined) visitOutput(items, mock, child(pointer, 'items'), tell)
  for (const [name, inner] of properties ?? [])
    visitOutput(inner, mock, child(child(pointer, 'properties'), name), tell)
}

function check(text: unknown, what: string | undefined, pointer: string, tell: Tell) {
  if (what === undefined || typeof text !== 'string') return
  const found = strayPlaceholder(text)
  if (found !== undefined) tell(pointer, found, what)
}
