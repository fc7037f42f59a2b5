/** MCP prompts -> messages, with the arguments in their places (spec-servers §4.9). */

import type { Report } from '../diagnostics.ts'
import type { PromptArgumentPlan, PromptMessagePlan, PromptPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { nearest } from '../text/suggest.ts'
import { unknownName } from './scope.ts'

/** The prompts of a surface, in the order of the text. A placeholder that is no argument stays as it is written. */
export function compilePrompts({ prompts, pointer }: doc.ExposesMcp, report: Report): readonly PromptPlan[] {
  return [...prompts].map(([name, prompt]) =>
    compilePrompt(name, prompt, child(child(pointer, 'prompts'), name), report),
  )
}

function compilePrompt(name: string, prompt: doc.Prompt, pointer: string, report: Report): PromptPlan {
  const { display, description, template } = prompt
  const messages = template.map(({ role, content }) => ({ role, parts: partsOf(content, prompt) }))
  const strays = template.flatMap(({ content }, i) =>
    straysOf(content, prompt).map((stray) => ({ stray, at: placeOf(prompt, i, pointer) })),
  )
  const names = [...prompt.arguments.keys()]
  for (const { stray, at } of strays) report('unfilled-placeholder', at, unknownName(stray, names))
  reportUnused(
    prompt,
    messages,
    strays.map(({ stray }) => stray),
    pointer,
    report,
  )
  return {
    name,
    title: display ?? name,
    description,
    arguments: [...prompt.arguments].map(([argument, said]) => compileArgument(argument, said)),
    messages,
  }
}

function compileArgument(name: string, { display, description, required }: doc.PromptArgument): PromptArgumentPlan {
  return { name, ...(display === undefined ? {} : { title: display }), description, required }
}

const placeholder = /\{\{\s*([^\s{}]+)\s*\}\}/g

function partsOf(content: string, { arguments: known }: doc.Prompt): PromptMessagePlan['parts'] {
  const parts: (string | { readonly argument: string })[] = []
  let end = 0
  for (const { 0: written, 1: name = '', index } of content.matchAll(placeholder)) {
    if (!known.has(name)) continue
    if (index > end) parts.push(content.slice(end, index))
    parts.push({ argument: name })
    end = index + written.length
  }
  if (end < content.length) parts.push(content.slice(end))
  return parts
}

/** The names in placeholders that are no arguments, each once. */
function straysOf(content: string, { arguments: known }: doc.Prompt): readonly string[] {
  const names = [...content.matchAll(placeholder)].map(([, name = '']) => name)
  return [...new Set(names)].filter((name) => !known.has(name))
}

/** The message of a file stands where the file is named. */
function placeOf({ location }: doc.Prompt, index: number, pointer: string): string {
  return location === undefined
    ? child(child(child(pointer, 'template'), index), 'content')
    : child(pointer, 'location')
}

/** Without a message, its file could not be read, which is told already. */
function reportUnused(
  prompt: doc.Prompt,
  messages: readonly PromptMessagePlan[],
  strays: readonly string[],
  pointer: string,
  report: Report,
) {
  const used = new Set(
    messages.flatMap(({ parts }) => parts.map((part) => (typeof part === 'string' ? '' : part.argument))),
  )
  for (const name of messages.length === 0 ? [] : prompt.arguments.keys()) {
    if (used.has(name)) continue
    const at = child(child(pointer, 'arguments'), name)
    report('unused-parameter', at, { name, why: 'no message has a place for it', nearest: nearest(name, strays) })
  }
}
