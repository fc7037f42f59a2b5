/** URIs that two resources of a surface may answer at: which one does would be anybody's guess. */

import type { Report } from '../diagnostics.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'

const variables = /\{[^{}]*\}/g

/** Equal URIs, and folders whose files may stand where another resource is. Variables differ in name only. */
export function reportSharedUris(resources: doc.Named<doc.McpResource>, pointer: string, report: Report) {
  const seen = new Map<string, string>()
  const folders = [...resources].filter(([, { location }]) => location !== undefined)
  for (const [name, { uri }] of resources) {
    const at = child(child(pointer, name), 'uri')
    const shape = uri.replace(variables, '{}')
    const first = seen.get(shape)
    if (first !== undefined) report('duplicate-uri', at, { uri, first })
    else seen.set(shape, child(pointer, name))
    const folder = folders.find(([other, { uri: above }]) => other !== name && isBelow(uri, above))
    if (folder !== undefined) report('shadowed-resource', at, { uri, folder: folder[0] })
  }
}

/** Whether a file of a folder may have a URI, or one that a template matches; a variable takes one segment. */
function isBelow(uri: string, folder: string): boolean {
  const [segments, above] = [uri.split('/'), folder.replace(/\/+$/, '').split('/')]
  return segments.length > above.length && above.every((text, i) => patternOf(segments[i] ?? '').test(text))
}

function patternOf(segment: string): RegExp {
  const literals = segment.split(variables).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literals.join('.+')}$`, 's')
}
