/** What every published file has at its top: who wrote it, when, and what it rests on. */

import type { Json } from '../../plan.ts'
import { yamlText } from '../../text/yaml.ts'
import { oneLine } from './prose.ts'
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

/** The same for formats that have comments or prose and no members for it. */
export function declaration({ facts }: Edition): string {
  const { publisher, provider } = facts
  const whose = provider === undefined ? '' : `, not by ${oneLine(provider.name)}`
  return `Written by ${oneLine(publisher.name)}${whose} (method: declared).`
}

/** The same for formats that take members of others. */
export function provenanceOf(edition: Edition): Members {
  const { method = '', publisher = '', source = '' } = frame(edition, '')
  return { method, publisher, source }
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
