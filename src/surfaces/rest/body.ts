/** Bodies of requests as values: JSON, and forms where the operation takes members (spec-servers §3.3). */

import type { IncomingMessage } from 'node:http'
import { type InputFault, OperationError } from '../../errors.ts'
import type { JsonSchema } from '../../plan.ts'
import type { JsonPath } from '../../text/json-path.ts'
import { child } from '../../text/pointer.ts'
import { isJson, limits, readBytes, readJson, utf8 } from '../http.ts'
import type { Field } from './multipart.ts'

export interface BodyParameter extends Reading {
  readonly key: string
  readonly name: string
  readonly path?: JsonPath
  readonly whole?: true
  /** How a field of a form becomes a member of the whole body. */
  readonly fieldReading?: (field: string) => Reading | undefined
}

/** How text becomes the value of an input. */
export interface Reading {
  readonly isList: boolean
  /** Bytes, which are base64 inside of this program. */
  readonly isBytes: boolean
  /** One text as the declared type; of a list, one element. */
  readonly read: (text: string) => unknown
}

/** What a route takes as a body. */
export interface BodyReader {
  /** Media types, as `Accept-Post` lists them (W3C LDP §7.1). */
  readonly accepts: string
  /** The body, undefined when there is none. A fault in one field of a form is added to `faults`. */
  readonly read: (req: IncomingMessage, faults: InputFault[]) => Promise<unknown>
}

const jsonOnly = 'application/json'
const withForms = 'application/json, application/x-www-form-urlencoded, multipart/form-data'

/** Decides at start what bodies a route takes and how the fields of a form are read. */
export function bodyReader(parameters: readonly BodyParameter[], properties: Readonly<Record<string, JsonSchema>>) {
  const reading = fieldReading(parameters, properties)
  const accepts = reading === undefined ? jsonOnly : withForms
  return { accepts, read: (req, faults) => readBody(req, accepts, reading, faults) } satisfies BodyReader
}

type ReadingOf = (name: string) => Reading

/** How each field is read; undefined where the body is no object, so that no form can be one. */
function fieldReading(
  parameters: readonly BodyParameter[],
  properties: Readonly<Record<string, JsonSchema>>,
): ReadingOf | undefined {
  const [first] = parameters
  if (first === undefined) return undefined
  const whole = parameters.find((p) => p.whole === true)
  if (whole !== undefined && properties[whole.name]?.type !== 'object') return undefined
  const named = new Map<string, Reading>(parameters.map((p) => [p.key, p]))
  return (name) => whole?.fieldReading?.(name) ?? named.get(name) ?? asText
}

const asText: Reading = { isList: false, isBytes: false, read: (text) => text }

function readBody(req: IncomingMessage, accepts: string, reading: ReadingOf | undefined, faults: InputFault[]) {
  const { 'content-type': type, 'content-encoding': encoding } = req.headers
  if (encoding !== undefined && encoding !== 'identity')
    throw new OperationError('unsupported-media-type', `the body must not be encoded, not as ${encoding.slice(0, 80)}`)
  if (type === undefined || isJson(type)) return readJson(req)
  if (req.readableEnded) return readJson(req)
  const kind = /^\s*([^;\s]+)/.exec(type)?.[1]?.toLowerCase()
  if (reading !== undefined && kind === 'application/x-www-form-urlencoded') return readForm(req, type, reading, faults)
  if (reading !== undefined && kind === 'multipart/form-data') return readMultipart(req, reading, faults)
  return refuseUnlessEmpty(req, type, accepts)
}

/** Some clients name a type though they send nothing. */
async function refuseUnlessEmpty(req: IncomingMessage, type: string, accepts: string): Promise<undefined> {
  if ((await readBytes(req, limits.body)).length > 0)
    throw new OperationError('unsupported-media-type', `the body must be ${accepts}, not ${type.slice(0, 80)}`)
}

async function readForm(req: IncomingMessage, type: string, reading: ReadingOf, faults: InputFault[]) {
  const text = utf8(await readBytes(req, limits.body), type)
  const fields = text.split('&').flatMap((pair): Field[] => {
    if (pair === '') return []
    const end = pair.indexOf('=')
    const [name, value] = end < 0 ? [pair, ''] : [pair.slice(0, end), pair.slice(end + 1)]
    return [{ name: decoded(name), bytes: Buffer.from(decoded(value)), isFile: false }]
  })
  return formValue(fields, reading, faults)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new OperationError('invalid-input', 'the form is not well-formed percent-encoding')
  }
}

async function readMultipart(req: IncomingMessage, reading: ReadingOf, faults: InputFault[]) {
  const bytes = await readBytes(req, limits.form)
  const { partsOf } = await import('./multipart.ts')
  return formValue(await partsOf(req.headers, bytes), reading, faults)
}

/** Fields by name, each in its declared type; a list has all of one name. */
function formValue(fields: readonly Field[], reading: ReadingOf, faults: InputFault[]): Record<string, unknown> {
  const byName = new Map<string, Field[]>()
  for (const field of fields) byName.set(field.name, [...(byName.get(field.name) ?? []), field])
  const members = [...byName].map(([name, all]) => {
    const { isList } = reading(name)
    if (!isList && all.length > 1) faults.push({ pointer: child('', name), message: 'is given more than once' })
    const values = all.map((field) => fieldValue(field, reading(name), faults))
    return [name, isList ? values : values[0]] as const
  })
  return Object.fromEntries(members)
}

/** Bytes travel as base64 inside of this program, as they do in JSON. */
function fieldValue({ name, bytes, isFile }: Field, { isBytes, read }: Reading, faults: InputFault[]): unknown {
  if (isBytes && isFile) return bytes.toString('base64')
  const text = bytes.toString('utf8')
  if (isFile && !Buffer.from(text).equals(bytes))
    faults.push({ pointer: child('', name), message: 'takes text, and this file is none (UTF-8)' })
  return read(text)
}
