import type { Json } from '../../plan.ts'
import { child } from '../../text/pointer.ts'
import { flowsOf } from './companion-names.ts'
import type { Rule } from './rule.ts'

/**
 * A header repeats an input that fits into one, and no two the same (2026-07-28, Streamable HTTP, Custom Headers):
 * clients leave out a tool that wants more.
 */
export const mirroredInputs: Rule = ({ document, companion, reportCompanion }) => {
  const flows = flowsOf(document)
  const report = (at: string, header: string, rule: string | undefined) => {
    if (rule !== undefined) reportCompanion('wrong-value', at, { value: `"${header}"`, rule })
  }
  for (const [flow, fragments] of companion.inputs) {
    const inputs = flows.get(flow)?.inputParameters
    const taken = new Set<string>()
    for (const [name, fragment] of fragments)
      for (const found of headersIn(fragment, child(child('/inputs', flow), name), true))
        report(found.at, found.header, faultOf(found, inputs?.get(name)?.type, taken))
  }
  for (const [flow, fragment] of companion.outputs)
    for (const { header, at } of headersIn(fragment, child('/outputs', flow), false))
      report(at, header, 'is a header of calls: what comes back is repeated in none')
}

interface Found {
  readonly header: string
  /** As the schema that holds it says. */
  readonly type?: Json
  /** Whether every call that fits has its value at one place. */
  readonly reached: boolean
  readonly at: string
}

const primitive = ['string', 'integer', 'boolean']

/** `declared`: the type where the capability says it. `taken`: the headers before this one; it is added. */
function faultOf({ header, type, reached }: Found, declared: Json | undefined, taken: Set<string>): string | undefined {
  const own = header.toLowerCase()
  const isTaken = taken.has(own)
  taken.add(own)
  if (!reached) return 'can repeat only an input, or a property of one'
  if (!primitive.includes(String(type ?? declared))) return 'can repeat only a string, an integer or a boolean'
  return isTaken ? 'repeats another input already' : undefined
}

const data = ['const', 'default', 'enum', 'examples']

function* headersIn(schema: Json, at: string, reached: boolean): Generator<Found> {
  if (typeof schema !== 'object' || schema === null) return
  const { 'x-mcp-header': header, type, properties, ...others } = schema as Readonly<Record<string, Json>>
  if (typeof header === 'string')
    yield { header, ...(type === undefined ? {} : { type }), reached, at: child(at, 'x-mcp-header') }
  for (const [name, property] of Object.entries(properties ?? {}))
    yield* headersIn(property, child(child(at, 'properties'), name), reached)
  for (const [key, value] of Object.entries(others))
    if (!data.includes(key)) yield* headersIn(value, child(at, key), false)
}
