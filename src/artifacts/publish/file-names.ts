/** Names of files for operations, whatever those are called. */

import type { RestPlan, RoutePlan } from '../../plan.ts'
import { operationId } from '../openapi/requests.ts'

/** Most systems take 255 bytes, and a character may have four. */
const longest = 48

/** The stem of the files of each operation: its name where that is one for files; no two are the same. */
export function fileStems(rest: RestPlan): ReadonlyMap<RoutePlan, string> {
  const taken = new Set<string>()
  const stems = rest.routes.map((route) => {
    const stem = free(stemOf(operationId(route, rest)), taken)
    taken.add(stem.toLowerCase())
    return [route, stem] as const
  })
  return new Map(stems)
}

function stemOf(name: string): string {
  const plain = name.normalize('NFC').replaceAll(/[^\p{L}\p{M}\p{N}_.-]+/gu, '-')
  const characters = [...plain.replaceAll(/^[.-]+|[.-]+$/g, '')].slice(0, longest)
  return characters.join('').replace(/[.-]+$/, '') || 'operation'
}

function free(stem: string, taken: ReadonlySet<string>): string {
  for (let i = 1; ; i += 1) {
    const name = i === 1 ? stem : `${stem}-${i}`
    if (!taken.has(name.toLowerCase())) return name
  }
}
