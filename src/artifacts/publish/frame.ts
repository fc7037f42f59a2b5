/** What every published file has at its top: who wrote it, when, and what it rests on. */

import type { Json } from '../../plan.ts'
import { yamlText } from '../../text/yaml.ts'
import type { Edition, Listing, Members, Published } from './publication.ts'

/** Said by us and checked by nobody else. Without a source it rests on the capability itself. */
export function frame({ facts }: Edition, description: string, source?: string): Members {
  return {
    modified: facts.index.modified,
    method: 'declared',
    publisher: facts.publisher.name,
    source: source ?? `capabilities/${facts.index.slug}.yaml`,
    description,
  }
}

export function yamlFile(path: string, value: Members, ...listed: readonly Listing[]): Published {
  return { path, text: yamlText(value), listed }
}

export function jsonFile(path: string, value: Json, ...listed: readonly Listing[]): Published {
  return { path, text: `${JSON.stringify(value, null, 2)}\n`, listed }
}

/** Members without those that are undefined. */
export function present(members: Readonly<Record<string, Json | undefined>>): Members {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}
