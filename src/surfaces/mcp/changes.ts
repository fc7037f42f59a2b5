/** What a reload changes of an offer, told to clients that listen (2026-07-28, Subscriptions; 2025-11-25, List Changed). */

import type { Server, ServerNotifier } from '@modelcontextprotocol/server'
import type { Offer } from './offer.ts'

export type Family = 'tools' | 'resources' | 'prompts'

/** The families whose lists are not what they were. */
export function changesOf(before: Offer, after: Offer): readonly Family[] {
  const listOf = ({ tools, resources, prompts }: Offer, family: Family) => {
    if (family === 'resources') return [resources.listed, resources.templates]
    return family === 'tools' ? tools.listed : prompts.listed
  }
  const families: readonly Family[] = ['tools', 'resources', 'prompts']
  return families.filter((one) => JSON.stringify(listOf(before, one)) !== JSON.stringify(listOf(after, one)))
}

/** Tells the streams of 2026-07-28. */
export function publish(notify: ServerNotifier, changes: readonly Family[]) {
  if (changes.includes('tools')) notify.toolsChanged()
  if (changes.includes('resources')) notify.resourcesChanged()
  if (changes.includes('prompts')) notify.promptsChanged()
}

/** Tells a connection of a 2025 client, if it is still there. */
export function tellConnection(server: Server, changes: readonly Family[]) {
  const telling = [
    ...(changes.includes('tools') ? [server.sendToolListChanged()] : []),
    ...(changes.includes('resources') ? [server.sendResourceListChanged()] : []),
    ...(changes.includes('prompts') ? [server.sendPromptListChanged()] : []),
  ]
  for (const one of telling) one.catch(() => {})
}
