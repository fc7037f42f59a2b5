/** What the conformance suite asks for and no capability can say: tools that put questions, and blocks of any kind. */

import type { Offer } from '../../src/surfaces/mcp/offer.ts'
import { paged } from '../../src/surfaces/mcp/pages.ts'
import type { PromptMessage, Prompts } from '../../src/surfaces/mcp/prompts.ts'
import type { ToolClient } from '../../src/surfaces/mcp/tool-call.ts'
import type { ListedTool, Tools } from '../../src/surfaces/mcp/tools.ts'
import { type Answer, questions, said } from './questions.ts'
import { image } from './upstream.ts'

/** How often each list has changed, and what tells whoever listens. */
export interface Changes {
  tools: number
  prompts: number
  readonly announce: () => Promise<void>
}

/** The offer of the capability with these fixtures beside it. */
export function offering(changes: Changes): (offer: Offer) => Offer {
  return (offer) => {
    const tools = withTools(offer.tools, changes)
    const prompts = withPrompts(offer.prompts, changes)
    const lists = { ...offer.lists, 'tools/list': paged(tools.listed), 'prompts/list': paged(prompts.listed) }
    return { ...offer, tools, prompts, lists }
  }
}

/** What a client can do that says nothing of itself. */
const nothing: ToolClient = { asks: false, declared: {} }

function withTools(own: Tools, changes: Changes): Tools {
  const changing = (family: 'tools' | 'prompts'): Answer => {
    return async () => {
      changes[family] += 1
      await changes.announce()
      return said('changed')
    }
  }
  const fixtures: Readonly<Record<string, Answer>> = {
    ...questions,
    test_multiple_content_types: () => ({ ...said(''), content: mixed }),
    test_trigger_tool_change: changing('tools'),
    test_trigger_prompt_change: changing('prompts'),
    json_schema_2020_12_tool: () => said('It is the schema that counts.'),
  }
  const listed = Object.keys(fixtures).map((name) => ({
    name,
    description: `A fixture, of edition ${changes.tools}.`,
    inputSchema: schemas[name] ?? { type: 'object' as const },
  }))
  return {
    ...own,
    listed: [...own.listed, ...listed],
    isPlain: (name, told) => !(name in fixtures) && own.isPlain(name, told),
    call: (name, args, call) => {
      const answer = fixtures[name]
      if (answer === undefined) return own.call(name, args, call)
      const given = (args ?? {}) as Readonly<Record<string, string>>
      return Promise.resolve(answer(call?.client ?? nothing, given))
    },
  }
}

const picture = { type: 'image', data: image.toString('base64'), mimeType: 'image/png' } as const
const document = (uri: string) =>
  ({ type: 'resource', resource: { uri, mimeType: 'text/plain', text: 'A text.' } }) as const
const mixed = [{ type: 'text', text: 'A text, a picture and a resource.' }, picture, document('test://mixed')] as const

const ofTexts = (...names: readonly string[]): ListedTool['inputSchema'] => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: [...names],
})

const schemas: Readonly<Record<string, ListedTool['inputSchema']>> = {
  test_sampling: ofTexts('prompt'),
  test_elicitation: ofTexts('message'),
  json_schema_2020_12_tool: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: {
      address: {
        $anchor: 'addressDef',
        type: 'object',
        properties: { street: { type: 'string' }, city: { type: 'string' } },
      },
    },
    properties: {
      name: { type: 'string' },
      address: { $ref: '#/$defs/address' },
      contactMethod: { type: 'string', enum: ['phone', 'email'] },
      phone: { type: 'string' },
      email: { type: 'string' },
    },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['phone'] },
    else: { required: ['email'] },
    additionalProperties: false,
  },
}

function withPrompts(own: Prompts, changes: Changes): Prompts {
  const message = (content: PromptMessage['content']): PromptMessage => ({ role: 'user', content })
  return {
    ...own,
    listed: [
      ...own.listed,
      { name: 'test_prompt_with_image', description: `With a picture, of edition ${changes.prompts}.` },
      {
        name: 'test_prompt_with_embedded_resource',
        description: 'With a resource in it.',
        arguments: [{ name: 'resourceUri', description: 'Of the resource.', required: true }],
      },
    ],
    get: (name, args) => {
      if (name === 'test_prompt_with_image') return { messages: [message(picture)] }
      if (name === 'test_prompt_with_embedded_resource')
        return { messages: [message(document(args.resourceUri ?? ''))] }
      return own.get(name, args)
    },
  }
}
