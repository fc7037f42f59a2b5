/** Reads flows, and what they share with tools and REST operations (spec §4, §5). */

import type { Json } from '../../plan.ts'
import { child } from '../../text/pointer.ts'
import type * as doc from '../document.ts'
import { copy, list, optional, type Raw, raw, text } from '../raw.ts'
import { readMappings, readStep } from '../steps.ts'
import type { Reader } from './reader.ts'

/** An aggregate with its flows. */
export function aggregate(entry: Raw, pointer: string, reader: Reader): doc.Aggregate {
  const flows = entry.flows ?? entry.functions
  return {
    pointer,
    namespace: String(entry.namespace ?? ''),
    ...copy(entry, ['formerly']),
    ...optional('display', text(entry.display ?? entry.label)),
    flows: reader.named(flows, child(pointer, 'flows'), 'flows', (flow, at) => ({
      ...unit(flow, at, reader),
      semantics: raw(flow.semantics) as doc.Flow['semantics'],
      inputParameters: inputs(flow, at, reader),
    })),
  }
}

/** The parameters that a flow or a tool takes. */
export function inputs(of: Raw, at: string, reader: Reader): doc.Named<doc.Input> {
  return reader.named(of.inputParameters, child(at, 'inputParameters'), 'parameters', (item) => ({
    type: item.type as NonNullable<doc.Input['type']>,
    ...copy(item, ['description']),
    required: item.required !== false,
  }))
}

/** What flows, tools and REST operations have in common: what they run, and what they answer. */
export function unit(of: Raw, at: string, reader: Reader): doc.Unit {
  return {
    ...optional('display', text(of.display ?? of.label)),
    ...copy(of, ['description', 'call']),
    tags: list(of.tags) as readonly string[],
    with: new Map(Object.entries(raw(of.with)) as [string, Json][]),
    ...optional(
      'steps',
      of.steps === undefined ? undefined : reader.named(of.steps, child(at, 'steps'), 'steps', readStep),
    ),
    ...optional('mappings', readMappings(of.mappings)),
    ...optional('outputParameters', outputs(of.outputParameters, child(at, 'outputParameters'), reader)),
  }
}

/** Outputs in either form: a list, or a map by name. */
export function outputs(value: unknown, at: string, reader: Reader): readonly doc.Output[] | undefined {
  if (value === undefined) return undefined
  const named = (name: unknown, item: unknown, itemAt: string) => ({
    ...optional('name', text(name)),
    ...output(raw(item), itemAt, reader),
  })
  if (Array.isArray(value)) return value.map((item, i) => named(raw(item).name, item, child(at, i)))
  return Object.entries(raw(value)).map(([name, item]) => named(name, item, child(at, name)))
}

function output(item: Raw, at: string, reader: Reader): doc.Output {
  return {
    ...copy(item, ['mapping', 'value', 'const']),
    type: item.type as doc.Output['type'],
    ...optional('maxLength', item.maxLength === undefined ? undefined : Number(item.maxLength)),
    ...optional(
      'properties',
      item.properties === undefined
        ? undefined
        : reader.named(item.properties, child(at, 'properties'), 'properties', (p, pAt) => output(p, pAt, reader)),
    ),
    ...optional(
      'items',
      item.items === undefined ? undefined : output(itemOutput(item.items), child(at, 'items'), reader),
    ),
  }
}

/** Items may be written as one output, or short, as the properties of an object by name, in either form. */
function itemOutput(items: unknown): Raw {
  if (Array.isArray(items)) return { type: 'object', properties: items }
  const item = raw(items)
  return typeof item.type === 'string' ? item : { type: 'object', properties: item }
}
