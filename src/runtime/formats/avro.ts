/**
 * Avro's binary encoding -> JSON tree: one record, without a container (spec §2.6). Ours, since the bytes are not to be
 * trusted: the libraries for it believe any length that is written in them.
 */

import { StartError } from '../../errors.ts'

type Decode = (from: Cursor) => unknown
type Schema = string | readonly Schema[] | { readonly type: Schema; readonly [key: string]: unknown }

/** Most values of one answer: those without bytes of their own could be any number. */
const maxValues = 1_000_000
const maxDepth = 200

/** Where a reader stands. */
interface Cursor {
  readonly bytes: Buffer
  at: number
  values: number
  depth: number
}

/** A reader of one record of a schema, given as JSON. Throws StartError for what is no Avro schema. */
export function avroReader(schema: string): (bytes: Buffer) => unknown {
  const decode = compiled(schema)
  return (bytes) => {
    const from: Cursor = { bytes, at: 0, values: 0, depth: 0 }
    const value = decode(from)
    if (from.at < bytes.length) throw new Error(`${bytes.length - from.at} bytes are left over`)
    return value
  }
}

function compiled(schema: string): Decode {
  try {
    return decoderOf(JSON.parse(schema) as Schema, new Map(), '')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable'
    throw new StartError(`what it names is no Avro schema: ${why}`, { cause })
  }
}

type Names = Map<string, Decode>

const primitives: Readonly<Record<string, Decode>> = {
  null: () => null,
  boolean: (from) => take(from, 1)[0] === 1,
  int: (from) => Number(varint(from)),
  long: (from) => jsonOf(varint(from)),
  float: (from) => take(from, 4).readFloatLE(),
  double: (from) => take(from, 8).readDoubleLE(),
  bytes: (from) => take(from, lengthOf(from)).toString('base64'),
  string: (from) => take(from, lengthOf(from)).toString('utf8'),
}

function decoderOf(schema: Schema, names: Names, space: string): Decode {
  if (typeof schema === 'string') return named(schema, names, space)
  if (typeof schema !== 'object' || schema === null) throw new Error('a type is missing')
  if (isList(schema)) return unionOf(schema.map((branch) => decoderOf(branch, names, space)))
  switch (schema.type) {
    case 'record':
    case 'error':
      return recordOf(schema, names, space)
    case 'enum': {
      const symbols = listOf<string>(schema, 'symbols')
      return register(schema, names, space, (from) => chosen(symbols, from))
    }
    case 'fixed': {
      const size = Number(schema.size)
      if (!Number.isSafeInteger(size) || size < 0) throw new Error(`"${schema.name}" has no "size"`)
      return register(schema, names, space, (from) => take(from, size).toString('base64'))
    }
    case 'array':
      return arrayOf(decoderOf(schema.items as Schema, names, space))
    case 'map':
      return mapOf(decoderOf(schema.values as Schema, names, space))
    default:
      return decoderOf(schema.type, names, space)
  }
}

const isList = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema)

function named(name: string, names: Names, space: string): Decode {
  const found = primitives[name] ?? names.get(fullName(name, space)) ?? names.get(name)
  if (found === undefined) throw new Error(`it has no type "${name}"`)
  return found
}

const fullName = (name: string, space: string) => (name.includes('.') || space === '' ? name : `${space}.${name}`)

function spaceOf(schema: { readonly [key: string]: unknown }, space: string): string {
  const name = String(schema.name)
  if (name.includes('.')) return name.slice(0, name.lastIndexOf('.'))
  return typeof schema.namespace === 'string' ? schema.namespace : space
}

function register(schema: { readonly [key: string]: unknown }, names: Names, space: string, decode: Decode): Decode {
  names.set(fullName(String(schema.name), spaceOf(schema, space)), decode)
  return decode
}

/** A record is known by its name before its fields are, which may refer to it. */
function recordOf(schema: { readonly [key: string]: unknown }, names: Names, space: string): Decode {
  const fields: (readonly [string, Decode])[] = []
  const decode = register(schema, names, space, (from) =>
    nested(from, () => Object.fromEntries(fields.map(([name, field]) => [name, field(from)]))),
  )
  for (const field of listOf<{ readonly name: string; readonly type: Schema }>(schema, 'fields'))
    fields.push([field.name, decoderOf(field.type, names, spaceOf(schema, space))])
  return decode
}

/** A part of a schema that is a list. */
function listOf<T>(schema: { readonly [key: string]: unknown }, key: string): readonly T[] {
  const list = schema[key]
  if (!Array.isArray(list)) throw new Error(`"${schema.name}" has no "${key}"`)
  return list
}

const unionOf =
  (branches: readonly Decode[]): Decode =>
  (from) =>
    chosen(branches, from)(from)

const arrayOf =
  (item: Decode): Decode =>
  (from) =>
    nested(from, () => {
      const items: unknown[] = []
      blocks(from, () => items.push(item(from)))
      return items
    })

const mapOf =
  (value: Decode): Decode =>
  (from) =>
    nested(from, () => {
      const entries: (readonly [string, unknown])[] = []
      blocks(from, () => entries.push([String(primitives.string?.(from)), value(from)]))
      return Object.fromEntries(entries)
    })

/** Blocks of counted entries until an empty one; a negative count is followed by the size of its block. */
function blocks(from: Cursor, entry: () => void) {
  for (let count = varint(from); count !== 0n; count = varint(from)) {
    if (count < 0n) varint(from)
    for (let left = count < 0n ? -count : count; left > 0n; left--) {
      if (++from.values > maxValues) throw new Error(`it holds more than ${maxValues} values`)
      entry()
    }
  }
}

function nested<T>(from: Cursor, read: () => T): T {
  if (++from.depth > maxDepth) throw new Error(`it nests deeper than ${maxDepth} levels`)
  const value = read()
  from.depth--
  return value
}

function chosen<T>(choices: readonly T[], from: Cursor): T {
  const found = choices[Number(varint(from))]
  if (found === undefined) throw new Error('it chooses what the schema does not have')
  return found
}

function take(from: Cursor, length: number): Buffer {
  const end = from.at + length
  if (length < 0 || end > from.bytes.length) throw new Error('it ends early')
  const taken = from.bytes.subarray(from.at, end)
  from.at = end
  return taken
}

const lengthOf = (from: Cursor) => Number(varint(from))

/** A zig-zag varint of at most 64 bits. */
function varint(from: Cursor): bigint {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = take(from, 1)[0] ?? 0
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }
  throw new Error('a number in it has no end')
}

/** A number that JSON readers would round is a text. */
function jsonOf(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}
