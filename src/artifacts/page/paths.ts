/** Where the page of a REST surface is. */

import type { RestPlan, SegmentPlan } from '../../plan.ts'

/** The addresses of the page, as far as no route owns them. */
export const pagePaths = ['/', '/docs'] as const

/** The address to tell; undefined when the routes own all of them. */
export function pagePathOf({ routes, forwards = [] }: RestPlan): string | undefined {
  return pagePaths.find((path) => {
    const parts = path.slice(1).split('/')
    const owned = forwards.some(({ segments, open }) => (open ? segments.length === 0 : isAt(segments, parts)))
    return !owned && !routes.some(({ segments }) => isAt(segments, parts))
  })
}

/** A variable takes any part but an empty one. */
function isAt(segments: readonly SegmentPlan[], parts: readonly string[]): boolean {
  return (
    segments.length === parts.length &&
    segments.every((segment, i) => ('literal' in segment ? segment.literal === parts[i] : parts[i] !== ''))
  )
}
