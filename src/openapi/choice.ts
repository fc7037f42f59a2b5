/** Which operations of a description are taken, and what they are called. */

import type { Listed, Operation } from './description.ts'
import { claim, kebab, type Taken } from './names.ts'
import type { Notes } from './notes.ts'
import type { Tags } from './tags.ts'

export interface ImportChoice {
  /** Names of the operations to take, as the description or as the capability spells them. Default: all. */
  readonly operations?: readonly string[]
  /** Tags to take. Default: all. */
  readonly tags?: readonly string[]
  /** Short descriptions, and nothing that an agent does without. Default false. */
  readonly forAgents?: boolean
}

/** An operation and its name in the capability. */
export interface Named<O> {
  readonly operation: O
  readonly name: string
}

/** Every operation with a name of its own. */
export function named(operations: readonly Listed[]): readonly Named<Listed>[] {
  const taken: Taken = new Map()
  return operations.map((operation) => {
    const { id, method, path } = operation
    const plain = path.replace(/\{([^}]*)\}/g, 'by-$1')
    return { operation, name: claim(kebab(id ?? '') || kebab(`${method} ${plain}`), taken) }
  })
}

const isAskedFor = ({ operation, name }: Named<Listed>, asked: string) => asked === name || asked === operation.id

/** Those that were asked for; a tag is one for all that stand within it. */
export function picked(all: readonly Named<Listed>[], { operations, tags: asked }: ImportChoice, tags: Tags) {
  const byName = (one: Named<Listed>) => operations === undefined || operations.some((name) => isAskedFor(one, name))
  const byTag = ({ operation }: Named<Listed>) =>
    asked === undefined || asked.some((tag) => hasTag(operation, tag, tags))
  return all.filter((one) => byName(one) && byTag(one))
}

const hasTag = (operation: Listed, tag: string, { lineage }: Tags) =>
  operation.tags.flatMap(lineage).some((own) => kebab(own) === kebab(tag))

export interface Missing {
  readonly what: 'operation' | 'tag'
  readonly name: string
  /** All names of the kind. */
  readonly known: readonly string[]
}

/** The first name that was asked for and is not there. */
export function missingOf(all: readonly Named<Listed>[], choice: ImportChoice, tags: Tags): Missing | undefined {
  const { operations = [], tags: asked = [] } = choice
  const operation = operations.find((name) => !all.some((one) => isAskedFor(one, name)))
  if (operation !== undefined) return { what: 'operation', name: operation, known: all.map(({ name }) => name) }
  const tag = asked.find((name) => !all.some((one) => hasTag(one.operation, name, tags)))
  const known = [...new Set(all.flatMap((one) => one.operation.tags))]
  return tag === undefined ? undefined : { what: 'tag', name: tag, known }
}

/** What is deprecated, and what answers bytes, is no use to an agent. */
export function usable(all: readonly Named<Operation>[], { forAgents }: ImportChoice, notes: Notes) {
  if (forAgents !== true) return all
  return all.filter(({ operation: { deprecated, answers, place } }) => {
    if (deprecated) notes.add('operations that are deprecated', place)
    const types = answers.filter(({ status }) => status.startsWith('2')).flatMap(({ content }) => [...content.keys()])
    const isBytes = types.length > 0 && types.every((type) => !/json|xml|text|yaml|\*/i.test(type))
    if (isBytes && !deprecated) notes.add('operations that answer bytes', place)
    return !deprecated && !isBytes
  })
}
