/** Reads what an MCP surface offers beside its tools: resources and prompts (spec-servers §4.8, §4.9). */

import { child } from '../../text/pointer.ts'
import type * as doc from '../document.ts'
import { copy, list, optional, type Raw, raw, text } from '../raw.ts'
import { unit } from './flows.ts'
import type { Reader } from './reader.ts'

/** The resources and the prompts of a surface; empty where it has none. */
export function mcpOffers(entry: Raw, pointer: string, reader: Reader): Pick<doc.ExposesMcp, 'resources' | 'prompts'> {
  return {
    resources: reader.named(entry.resources, child(pointer, 'resources'), 'MCP resources', (item, at) => ({
      ...unit(item, at, reader),
      ...copy(item, ['mimeType', 'binary', 'location']),
      uri: String(item.uri),
    })),
    prompts: reader.named(entry.prompts, child(pointer, 'prompts'), 'prompts', (item, at) => prompt(item, at, reader)),
  }
}

function prompt(item: Raw, at: string, reader: Reader): doc.Prompt {
  return {
    ...described(item),
    arguments: reader.named(item.arguments, child(at, 'arguments'), 'arguments', (argument) => ({
      ...described(argument),
      required: argument.required !== false,
    })),
    template: list(item.template).map((message) => {
      const { role, content } = raw(message)
      return { role: role === 'assistant' ? 'assistant' : 'user', content: String(content) }
    }),
    ...copy(item, ['location']),
  }
}

function described(item: Raw) {
  return { ...optional('display', text(item.display ?? item.label)), description: String(item.description) }
}
