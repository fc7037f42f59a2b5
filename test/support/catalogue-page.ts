/** What the builder of APIs.io reads for a capability's page: lists only, and it stops at the first thing that is none. */

import { parse } from 'yaml'

interface Entry {
  readonly name?: string
  readonly description?: string
  readonly [key: string]: unknown
}

export interface Page {
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly operations: readonly { readonly name: string; readonly method: string; readonly path: string }[]
  readonly tools: readonly string[]
  readonly skills: readonly string[]
}

/** The page of one file of `capabilities/`. Throws TypeError where the builder would give up the whole provider. */
export function pageOf(path: string, text: string): Page {
  const { info = {}, capability } = parse(text) as {
    info?: { label?: string; description?: string; tags?: string[] }
    capability: { exposes: unknown }
  }
  const exposes = listOf(capability.exposes)
  const apis = exposes.filter(({ type }) => type !== 'mcp')
  return {
    title: info.label ?? path.replace(/^.*\/|\.yaml$/g, ''),
    description: info.description ?? '',
    tags: info.tags ?? [],
    operations: apis.flatMap(({ resources }) =>
      listOf(resources).flatMap((resource) =>
        listOf(resource.operations).map(({ name = '', method }) => ({
          name,
          method: String(method),
          path: String(resource.path),
        })),
      ),
    ),
    tools: namesOf(exposes.flatMap(({ type, tools }) => (type === 'mcp' ? listOf(tools) : []))),
    skills: namesOf(exposes.flatMap(({ skills }) => listOf(skills))),
  }
}

const namesOf = (entries: readonly Entry[]) => entries.map(({ name = '' }) => name)

function listOf(value: unknown): readonly Entry[] {
  const list = value ?? []
  if (!Array.isArray(list)) throw new TypeError('a list is iterated, and this is none')
  return list
}
