/** How the process of a server treats what it makes for a call. */

import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8 take everything made for a call as short-lived. While its young space is still small, most of what calls under
 * way at one time hold outlives a collection, and from then on V8 would make such objects among the old ones, where each
 * keeps alive all of its call until a full collection: twice the time in the collector. For the whole process, so a
 * command sets it, and no library does.
 */
export function expectShortLived() {
  setFlagsFromString('--no-allocation-site-pretenuring')
}
