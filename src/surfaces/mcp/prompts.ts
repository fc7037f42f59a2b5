/** The prompts of an MCP surface (spec-servers §4.9). */

import type { McpPlan } from '../../plan.ts'
import type { ContentBlock } from './content.ts'

/** A Prompt object as it goes on the wire. */
export interface ListedPrompt {
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly arguments?: readonly {
    readonly name: string
    readonly title?: string
    readonly description?: string
    readonly required?: boolean
  }[]
}

export interface PromptMessage {
  readonly role: 'user' | 'assistant'
  readonly content: ContentBlock
}

export interface Prompts {
  readonly listed: readonly ListedPrompt[]
  /** The messages of a prompt; undefined when there is none of that name. Throws OperationError for missing arguments. */
  readonly get: (name: string, args: Readonly<Record<string, string>>) => readonly PromptMessage[] | undefined
}

export function createPrompts(_plan: McpPlan): Prompts {
  return { listed: [], get: () => undefined }
}
