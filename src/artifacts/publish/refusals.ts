/** Why a folder is not published: what a catalogue would not take, or would show in part. */

import { isInside } from './digests.ts'
import { calledAt } from './index-file.ts'
import { tooLong } from './listed-form.ts'
import type { Edition, Published } from './publication.ts'

/** One sentence; undefined for a folder that can be published. */
export function refusalOf(edition: Edition, files: readonly Published[], long: boolean): string | undefined {
  return (
    noApi(edition) ??
    noAddress(edition) ??
    outside(files) ??
    twice(files) ??
    (long ? undefined : tooLong(edition, files))
  )
}

function noApi({ rest, mcp, facts, plan }: Edition): string | undefined {
  if (rest !== undefined || mcp !== undefined || facts.upstream !== undefined) return undefined
  const { name } = plan.capability
  return `${name} has neither a REST nor an MCP surface, and its publication file no "upstream": catalogues skip an index without an API`
}

function noAddress({ facts: { upstream }, plan }: Edition): string | undefined {
  if (upstream === undefined || calledAt(plan, upstream) !== undefined) return undefined
  return `where "${upstream.namespace}" is, the capability learns at start: say it as upstream.baseURL in the publication file`
}

function outside(files: readonly Published[]): string | undefined {
  const stray = files.find(({ path }) => !isInside(path))
  return stray === undefined
    ? undefined
    : `${JSON.stringify(stray.path)} is no path of a file on every system: rename it`
}

/** Some systems take names that differ in their case, or in how an accent is written, for one. */
function twice(files: readonly Published[]): string | undefined {
  const seen = new Map<string, string>()
  for (const { path } of files) {
    const folded = path.normalize('NFC').toLowerCase()
    const other = seen.get(folded)
    if (other !== undefined) return `${other} and ${path} would be one file: rename what they are made from`
    seen.set(folded, path)
  }
  return undefined
}
