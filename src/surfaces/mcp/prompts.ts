/** The prompts of an MCP surface (spec-servers §4.9). */

import { type InputFault, OperationError } from '../../errors.ts'
import type { McpPlan, PromptMessagePlan, PromptPlan } from '../../plan.ts'
import { child } from '../../text/pointer.ts'
import { nearest } from '../../text/suggest.ts'
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

/** What a prompt answers. */
export interface PromptAnswer {
  readonly description?: string
  readonly messages: readonly PromptMessage[]
}

type Arguments = Readonly<Record<string, string>>

export interface Prompts {
  readonly listed: readonly ListedPrompt[]
  /** A prompt with its arguments in place; undefined when there is none of that name. Throws OperationError. */
  readonly get: (name: string, args: Arguments) => PromptAnswer | undefined
}

export function createPrompts({ prompts }: McpPlan): Prompts {
  const byName = new Map(prompts.map((prompt) => [prompt.name, prompt]))
  return {
    listed: prompts.map(listedPrompt),
    get: (name, args) => {
      const prompt = byName.get(name)
      return prompt && answerOf(prompt, args)
    },
  }
}

function listedPrompt({ name, title, description, arguments: args }: PromptPlan): ListedPrompt {
  return { name, title, description, ...(args.length === 0 ? {} : { arguments: args }) }
}

function answerOf(prompt: PromptPlan, args: Arguments): PromptAnswer {
  const errors = [...unknown(prompt, args), ...missing(prompt, args)]
  if (errors.length > 0) throw new OperationError('invalid-input', 'the arguments do not fit', { errors })
  return { description: prompt.description, messages: prompt.messages.map((message) => messageOf(message, args)) }
}

function unknown({ arguments: known }: PromptPlan, args: Arguments): readonly InputFault[] {
  const names = known.map(({ name }) => name)
  return Object.keys(args).flatMap((name) => {
    if (names.includes(name)) return []
    const near = nearest(name, names)
    const hint = near === undefined ? {} : { hint: `did you mean "${near}"?` }
    return [{ pointer: child('', name), message: 'is not an argument of this prompt', ...hint }]
  })
}

function missing({ arguments: known }: PromptPlan, args: Arguments): readonly InputFault[] {
  const lacking = known.filter(({ name, required }) => required && !Object.hasOwn(args, name))
  return lacking.map(({ name }) => ({ pointer: child('', name), message: 'is required' }))
}

/** What was inserted is not looked at again: a placeholder in a value is text. An argument that was not given is ''. */
function messageOf({ role, parts }: PromptMessagePlan, args: Arguments): PromptMessage {
  const given = (name: string) => (Object.hasOwn(args, name) ? args[name] : '')
  const text = parts.map((part) => (typeof part === 'string' ? part : given(part.argument))).join('')
  return { role, content: { type: 'text', text } }
}
