/** Tools that need something of the client before they answer: what each asks for, and what it says then. */

import type { Required, ToolAnswer, ToolClient } from '../../src/surfaces/mcp/tool-call.ts'

export type Answer = (client: ToolClient, args: Readonly<Record<string, string>>) => ToolAnswer | Promise<ToolAnswer>

type Requests = Required['requests']
type Responses = NonNullable<ToolClient['responses']>

/** An answer of one text. */
export function said(text: string): ToolAnswer {
  return { text, isError: false }
}

const asked = (requests: Requests, state: unknown = {}): ToolAnswer => ({ ...said(''), required: { requests, state } })

/** Asks until there is an answer to everything. */
const untilAnswered =
  (requests: Requests, say: (responses: Responses) => string): Answer =>
  ({ responses = {} }) =>
    Object.keys(requests).every((key) => isAnswer(responses[key])) ? said(say(responses)) : asked(requests)

const isAnswer = (response: unknown) => typeof response === 'object' && response !== null

const form = (message: string, properties: object, required = Object.keys(properties)): Requests[string] => ({
  method: 'elicitation/create',
  params: { mode: 'form', message, requestedSchema: { type: 'object', properties, required } },
})

const prompt = (text: string): Requests[string] => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens: 100 },
})

const roots: Requests[string] = { method: 'roots/list' }
const name = form('What is your name?', { name: { type: 'string' } })
const thanks = (responses: Responses) => `Thank you: ${JSON.stringify(responses)}`

/** Which capability of the client each method needs (2026-07-28, Multi Round-Trip Requests). */
const needs = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
} as const

/** Only what this client can do. */
const permitted: Answer = (client, args) => {
  const all = Object.entries({ name, capital: prompt('What is the capital of France?'), roots })
  const can = all.filter(([, { method }]) => needs[method as keyof typeof needs] in client.declared)
  return untilAnswered(Object.fromEntries(can), thanks)(client, args)
}

/** A name, then a colour: the state says which was asked for. */
const twoRounds: Answer = ({ responses = {}, state }) => {
  const { round } = (state ?? {}) as { readonly round?: number }
  const colour = { colour: form('Step 2: which colour?', { color: { type: 'string' } }) }
  if (round === 2 && isAnswer(responses.colour)) return said(thanks(responses))
  return round === 1 && isAnswer(responses.name) ? asked(colour, { round: 2 }) : asked({ name }, { round: 1 })
}

const defaults = form(
  'Are these right?',
  {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
  [],
)

const [options, titled] = [
  ['option1', 'option2', 'option3'],
  [1, 2, 3].map((n) => ({ const: `value${n}`, title: `Option ${n}` })),
]

const choices = form(
  'Which?',
  {
    untitledSingle: { type: 'string', enum: options },
    titledSingle: { type: 'string', oneOf: titled },
    legacyEnum: { type: 'string', enum: options, enumNames: ['One', 'Two', 'Three'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
    titledMulti: { type: 'array', items: { anyOf: titled } },
  },
  [],
)

/** By the name of the tool. */
export const questions: Readonly<Record<string, Answer>> = {
  test_sampling: (client, args) => untilAnswered({ answer: prompt(args.prompt ?? '') }, thanks)(client, args),
  test_elicitation: (client, args) => {
    const fields = { username: { type: 'string' }, email: { type: 'string' } }
    return untilAnswered({ answer: form(args.message ?? '', fields) }, thanks)(client, args)
  },
  test_elicitation_sep1034_defaults: untilAnswered({ defaults }, thanks),
  test_elicitation_sep1330_enums: untilAnswered({ choices }, thanks),
  test_missing_capability: untilAnswered({ answer: prompt('Who are you?') }, thanks),
  test_input_required_result_elicitation: untilAnswered({ user_name: name }, thanks),
  test_input_required_result_sampling: untilAnswered({ capital: prompt('What is the capital of France?') }, thanks),
  test_input_required_result_list_roots: untilAnswered({ roots }, thanks),
  test_input_required_result_request_state: ({ responses = {}, state }) =>
    isAnswer(responses.confirm) && (state as { readonly asked?: boolean } | undefined)?.asked === true
      ? said('state-ok')
      : asked({ confirm: form('Please confirm', { ok: { type: 'boolean' } }) }, { asked: true }),
  test_input_required_result_multiple_inputs: untilAnswered({ name, greeting: prompt('Greet me.'), roots }, thanks),
  test_input_required_result_multi_round: twoRounds,
  test_input_required_result_capabilities: permitted,
}
