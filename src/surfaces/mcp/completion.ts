/** Completion of arguments of prompts and variables of resource templates (2026-07-28, Completion). */

import type { McpPlan, Plan } from '../../plan.ts'

/** What is completed: an argument of a prompt, or a variable of a resource template. */
export type CompletionRef =
  | { readonly type: 'ref/prompt'; readonly name: string }
  | { readonly type: 'ref/resource'; readonly uri: string }

export interface Completion {
  /** At most 100. */
  readonly values: string[]
  readonly total: number
  readonly hasMore: boolean
}

/** What a value may be that begins as given; undefined when there is nothing of that name to complete. */
export type Complete = (ref: CompletionRef, argument: string, begun: string) => Completion | undefined

export function createCompletion(_plan: McpPlan, _whole: Plan): Complete {
  return () => undefined
}
