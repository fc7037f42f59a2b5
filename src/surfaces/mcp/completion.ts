/** Completion of arguments of prompts and variables of resource templates (2026-07-28, Completion). */

import type { Json, JsonSchema, McpPlan, OperationPlan, Plan } from '../../plan.ts'
import { sendsTheSame } from './links.ts'

/** What is completed: an argument of a prompt, or a variable of a resource template. */
export type CompletionRef =
  | { readonly type: 'ref/prompt'; readonly name: string }
  | { readonly type: 'ref/resource'; readonly uri: string }

export interface Completion {
  /** At most 100. */
  readonly values: string[]
  readonly total: number
  readonly hasMore: boolean
}

/** What a value may be that begins as given; undefined when there is nothing of that name to complete. */
export type Complete = (ref: CompletionRef, argument: string, begun: string) => Completion | undefined

/** Values told at once (2026-07-28, Completion). */
const most = 100

/** Candidates by argument or variable. */
type Candidates = ReadonlyMap<string, readonly string[]>

/** Only what schemas name is proposed, and what that is was found out by the time of the first question. */
export function createCompletion({ prompts, resources }: McpPlan, { operations }: Plan): Complete {
  const known = operations.flatMap(inputsOf)
  const ofPrompts = new Map(prompts.map((prompt) => [prompt.name, ofNames(prompt.arguments.map(nameOf), known)]))
  const dynamic = resources.flatMap((resource) => (resource.type === 'dynamic' ? [resource] : []))
  const ofTemplates = new Map(
    dynamic.map(({ uri, parts, operation }) => {
      const variables = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.input]))
      // A URI says little of its variables; a flow that asks the same thing may say more of its inputs.
      const same = operations.filter((one) => one !== operation && sendsTheSame(operation, one))
      return [uri, ofNames(variables, [operation, ...same].flatMap(inputsOf))]
    }),
  )
  return (ref, argument, begun) => {
    const candidates = ref.type === 'ref/prompt' ? ofPrompts.get(ref.name) : ofTemplates.get(ref.uri)
    const found = candidates?.get(argument)
    return found && ranked(found, begun.toLowerCase())
  }
}

type Input = readonly [name: string, schema: JsonSchema]

function inputsOf({ input: { schema } }: OperationPlan): readonly Input[] {
  return Object.entries((schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>)
}

const nameOf = ({ name }: { readonly name: string }) => name

function ofNames(names: readonly string[], inputs: readonly Input[]): Candidates {
  const valuesOf = (wanted: string) => inputs.flatMap(([name, schema]) => (name === wanted ? namedBy(schema) : []))
  return new Map(names.map((name) => [name, [...new Set(valuesOf(name))]]))
}

/** The values that a schema names, as text. */
function namedBy(schema: JsonSchema): readonly string[] {
  const listed = [schema.enum, schema.examples].flatMap((list) => (Array.isArray(list) ? (list as Json[]) : []))
  const single = [schema.const, schema.default].filter((value) => value !== undefined)
  const either = schema.type === 'boolean' ? [true, false] : []
  const plain = [...listed, ...single, ...either].filter((value) => value !== null && typeof value !== 'object')
  return plain.map(String)
}

/** Those that begin so, then those that hold it elsewhere. */
function ranked(candidates: readonly string[], begun: string): Completion {
  const placed = candidates.map((value) => ({ value, at: value.toLowerCase().indexOf(begun) }))
  const first = placed.filter(({ at }) => at === 0)
  const values = [...first, ...placed.filter(({ at }) => at > 0)].map(({ value }) => value)
  return { values: values.slice(0, most), total: values.length, hasMore: values.length > most }
}
