/** What a page tells besides the plan: where things are, and who answers. */

import type { Json } from '../../plan.ts'

export interface PageFacts {
  /** Address of each surface that listens, by its namespace. */
  readonly addresses: ReadonlyMap<string, string>
  readonly upstreams: readonly PageUpstream[]
  /** Values to start with, by the name of the input; they belong to the sandbox. */
  readonly examples: Readonly<Record<string, Json>>
  /** Name of the query parameter that holds the key of the callers, where it travels that way. */
  readonly queryKey?: string
  /** Whether agents run what loses something without asking. Default false. */
  readonly unconfirmed?: boolean
}

export interface PageUpstream {
  readonly namespace: string
  /** Where calls really go. */
  readonly origin: string
  readonly sandbox: boolean
}

export interface Answers {
  readonly kind: 'sandbox' | 'live' | 'own'
  readonly word: string
  readonly text: string
}

/** Who answers calls to these upstreams: nobody else, the sandbox, or somebody for whom they are real. */
export function answersFrom(called: readonly string[], { upstreams }: PageFacts): Answers {
  if (called.length === 0) return { kind: 'own', word: 'Own answer', text: 'nothing else is called' }
  const reached = upstreams.filter(({ namespace, sandbox }) => called.includes(namespace) && !sandbox)
  if (reached.length === 0) return { kind: 'sandbox', word: 'Sandbox', text: 'made-up data on this machine' }
  const origins = new Set(reached.map(({ origin }) => origin))
  return { kind: 'live', word: 'LIVE', text: `calls ${[...origins].join(', ')}` }
}
