/**
 * What a prompt needs and was not told is asked of the person whose client can show a form (2026-07-28, Multi Round-Trip
 * Requests; for 2025 clients the SDK makes an elicitation of it). Where nobody can be asked, what is missing is a fault.
 */

import type { ListedPrompt } from './prompts.ts'
import type { Required, ToolClient } from './tool-call.ts'

type Arguments = Readonly<Record<string, string>>

/** The arguments with what the person answered, and what has to be asked first, if anything. */
export interface Filled {
  readonly args: Arguments
  readonly requests?: Required['requests']
}

/** The key of the question. */
const key = 'arguments'

export function filled(prompt: ListedPrompt, given: Arguments, { asks, responses }: ToolClient): Filled {
  const lacking = (args: Arguments) =>
    (prompt.arguments ?? []).filter(({ name, required }) => required && !Object.hasOwn(args, name))
  const { action, content } = (responses?.[key] ?? {}) as { readonly action?: unknown; readonly content?: object }
  const answered = Object.entries((action === 'accept' ? content : undefined) ?? {})
  const asked = lacking(given).map(({ name }) => name)
  const fitting = answered.filter(([name, value]) => asked.includes(name) && typeof value === 'string')
  const args = { ...given, ...Object.fromEntries(fitting) }
  const missing = lacking(args)
  const isRefused = action === 'decline' || action === 'cancel'
  if (missing.length === 0 || !asks || isRefused) return { args }
  return { args, requests: { [key]: { method: 'elicitation/create', params: formOf(prompt, missing) } } }
}

function formOf({ name, title = name, description }: ListedPrompt, missing: NonNullable<ListedPrompt['arguments']>) {
  const fields = missing.map(({ name, title, description }) => [name, { type: 'string', title, description }])
  return {
    mode: 'form',
    message: description === undefined ? title : `${title}: ${description}`,
    requestedSchema: {
      type: 'object',
      properties: Object.fromEntries(fields),
      required: missing.map(({ name }) => name),
    },
  }
}
