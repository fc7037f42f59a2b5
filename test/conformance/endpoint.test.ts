/** What the conformance suite asks for that no capability does, as far as it can be known without the suite. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { envelope, modern, post } from '../surfaces/mcp-messages.ts'
import { startEndpoint } from './endpoint.ts'

let endpoint: Awaited<ReturnType<typeof startEndpoint>>
beforeAll(async () => {
  endpoint = await startEndpoint()
})
afterAll(() => endpoint.close())

/** A tool call of a client that can do these things. */
async function call(name: string, capabilities: object, more: object = {}) {
  const _meta = { ...envelope, 'io.modelcontextprotocol/clientCapabilities': capabilities }
  return post(endpoint.url, modern('tools/call', { name, arguments: {}, ...more, _meta }))
}

const accepted = (content: object) => ({ action: 'accept', content })

describe('a tool that needs something of the client', () => {
  it('is refused with what the client lacks, which is no answer of the tool', async () => {
    const { status, json } = await call('test_missing_capability', { elicitation: {} })
    expect([status, json.error.code]).toEqual([400, -32021])
    expect(json.error.data).toEqual({ requiredCapabilities: { sampling: {} } })
    const { json: asked } = await call('test_input_required_result_capabilities', { sampling: {}, roots: {} })
    const methods = Object.values<{ method: string }>(asked.result.inputRequests).map(({ method }) => method)
    expect(methods).toEqual(['sampling/createMessage', 'roots/list'])
  })

  it('asks once more with what was answered, and refuses a state that is not the one it gave', async () => {
    const round = (more?: object) => call('test_input_required_result_multi_round', { elicitation: {} }, more)
    const first = (await round()).json.result
    expect(first).toMatchObject({ resultType: 'input_required', inputRequests: { name: {} } })
    const answers = { inputResponses: { name: accepted({ name: 'Ada' }) } }
    const forged = await round({ ...answers, requestState: `${first.requestState}x` })
    expect(forged.json.error.code).toBe(-32602)
    const second = (await round({ ...answers, requestState: first.requestState })).json.result
    expect(Object.keys(second.inputRequests)).toEqual(['colour'])
    const last = { inputResponses: { colour: accepted({ color: 'blue' }) }, requestState: second.requestState }
    expect((await round(last)).json.result.content[0].text).toContain('blue')
  })
})

it('blocks of any kind go on the wire as they are, in answers and in prompts', async () => {
  const { json } = await call('test_multiple_content_types', {})
  expect(json.result.content.map(({ type }: { type: string }) => type)).toEqual(['text', 'image', 'resource'])
  const prompt = await post(endpoint.url, modern('prompts/get', { name: 'test_prompt_with_image' }))
  expect(prompt.json.result.messages[0].content).toEqual(json.result.content[1])
})

it('what the capability says is answered, with a fault only where that is what is asked for', async () => {
  const kinds = { simple_text: 'text', image_content: 'image', audio_content: 'audio', embedded_resource: 'resource' }
  for (const [name, type] of Object.entries({ ...kinds, tool_with_progress: 'text', error_handling: 'text' })) {
    const { result } = (await call(`test_${name}`, {})).json
    expect([name, result.content[0].type, result.isError]).toEqual([name, type, name === 'error_handling'])
  }
  for (const uri of ['static-text', 'static-binary', 'template/123/data', 'watched-resource', 'files/note.txt']) {
    const { json } = await post(endpoint.url, modern('resources/read', { uri: `test://${uri}` }))
    const [{ text, blob }] = json.result.contents
    expect([uri, typeof (uri === 'static-binary' ? blob : text)]).toEqual([uri, 'string'])
  }
})
