/** What a reload changes of an offer, told to clients that listen (2026-07-28, Subscriptions; 2025-11-25, List Changed). */

import type { Server, ServerNotifier } from '@modelcontextprotocol/server'
import type { ResourceContents } from './content.ts'
import type { Offer } from './offer.ts'

export type Family = 'tools' | 'resources' | 'prompts'

export interface Changes {
  /** Those whose lists are not what they were. */
  readonly families: readonly Family[]
  /** URIs of files that are not what they were. */
  readonly updated: readonly string[]
}

export function changesOf(before: Offer, after: Offer): Changes {
  const listOf = ({ tools, resources, prompts, roles }: Offer, family: Family) => {
    if (family === 'resources') return [resources.listed, resources.templates, roles]
    return family === 'tools' ? [tools.listed, roles] : prompts.listed
  }
  const families: readonly Family[] = ['tools', 'resources', 'prompts']
  return {
    families: families.filter((one) => JSON.stringify(listOf(before, one)) !== JSON.stringify(listOf(after, one))),
    updated: updatedOf(before.resources.files, after.resources.files),
  }
}

type Files = ReadonlyMap<string, ResourceContents>

function updatedOf(before: Files, after: Files): readonly string[] {
  const holds = (file: ResourceContents) => ('text' in file ? file.text : file.blob)
  return [...after].flatMap(([uri, file]) => {
    const former = before.get(uri)
    return former === undefined || holds(former) === holds(file) ? [] : [uri]
  })
}

/** Tells the streams of 2026-07-28. */
export function publish(notify: ServerNotifier, { families, updated }: Changes) {
  if (families.includes('tools')) notify.toolsChanged()
  if (families.includes('resources')) notify.resourcesChanged()
  if (families.includes('prompts')) notify.promptsChanged()
  for (const uri of updated) notify.resourceUpdated(uri)
}

export interface Connection {
  readonly server: Server
  /** Whether its client wants to hear of what is at a URI. */
  readonly wants: (uri: string) => boolean
}

/** Tells a client that holds a connection, if it is still there. */
export function tellConnection({ server, wants }: Connection, { families, updated }: Changes) {
  const telling = [
    ...(families.includes('tools') ? [server.sendToolListChanged()] : []),
    ...(families.includes('resources') ? [server.sendResourceListChanged()] : []),
    ...(families.includes('prompts') ? [server.sendPromptListChanged()] : []),
    ...updated.filter(wants).map((uri) => server.sendResourceUpdated({ uri })),
  ]
  for (const one of telling) one.catch(() => {})
}
