/** What the prompts of an MCP surface compile to, and what is told of their files (spec-servers §4.9). */

import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { validate } from '../../src/index.ts'
import type { McpPlan } from '../../src/plan.ts'
import { writeCapability } from '../support/serve.ts'

const tools = { list: { description: 'Lists.', outputParameters: { n: { type: 'number', value: 1 } } } }

function written(prompt: object, files: Readonly<Record<string, string>> = {}) {
  const ask = { description: 'Asks.', ...prompt }
  const surface = { type: 'mcp', namespace: 'shop-mcp', port: 0, tools, prompts: { ask } }
  return writeCapability({ ikanos: '1.0.0-beta5', capability: { exposes: [surface] } }, { files })
}

async function read(file: string) {
  const { loaded, diagnostics } = await validate(file)
  const [surface] = (loaded?.plan.surfaces ?? []) as readonly McpPlan[]
  const at = '/capability/exposes/0/prompts/ask/'
  const told = diagnostics.map(
    ({ code, message, location }) => `${location.pointer.replace(at, '')} ${code}: ${message}`,
  )
  return { prompt: surface?.prompts[0], told }
}

const said = (content: string) => ({ template: [{ role: 'user', content }] })
const topic = { arguments: { topic: { description: 'About.' } } }

describe('A placeholder of a prompt', () => {
  test.each<readonly [string, readonly (string | object)[]]>([
    ['{{topic}}', [{ argument: 'topic' }]],
    ['a {{ topic }}{{topic}} b', ['a ', { argument: 'topic' }, { argument: 'topic' }, ' b']],
    ['{"t": {{topic}}}', ['{"t": ', { argument: 'topic' }, '}']],
    ['{{{topic}}}', ['{', { argument: 'topic' }, '}']],
  ])('in %j stands for its argument', async (content, parts) => {
    const { prompt, told } = await read(await written({ ...topic, ...said(content) }))
    expect([prompt?.messages[0]?.parts, told]).toEqual([parts, []])
  })

  test('that is no argument stays, and is told once a message; an argument that nothing uses is told too', async () => {
    const { prompt, told } = await read(await written({ ...topic, ...said('{{topc}}, {{topc}}, {topic} and {{#if}}') }))
    expect(prompt?.messages[0]?.parts).toEqual(['{{topc}}, {{topc}}, {topic} and {{#if}}'])
    expect(told.sort()).toEqual([
      'arguments/topic unused-parameter: "topic" is never sent: no message has a place for it',
      'template/0/content unfilled-placeholder: "{{#if}}" stays as it is: no argument is called "#if"',
      'template/0/content unfilled-placeholder: "{{topc}}" stays as it is: no argument is called "topc"',
    ])
  })
})

describe('A prompt in a file', () => {
  const ask = { ...topic, location: 'file:///./ask.md' }

  test('is one message of the user, told of where the file is named', async () => {
    const { prompt, told } = await read(await written(ask, { 'ask.md': '\uFEFFOn {{topic}}, {{x}}\n' }))
    expect(prompt?.messages).toEqual([{ role: 'user', parts: ['On ', { argument: 'topic' }, ', {{x}}\n'] }])
    expect(told).toEqual(['location unfilled-placeholder: "{{x}}" stays as it is: no argument is called "x"'])
  })

  test.each<readonly [string, object, string]>([
    ['that is not there', {}, 'there is no such file'],
    ['that is a folder', { location: 'file:///./sub' }, 'it is no file'],
    ['on another machine', { location: 'file://host/ask.md' }, 'it is no file: URI of this machine'],
    ['that is too large', { location: 'file:///./large.md' }, 'it is larger than 1 MiB'],
  ])('%s is told, and nothing else of the prompt', async (_, more, detail) => {
    const files = { 'sub/a.md': '', 'large.md': 'x'.repeat(1024 * 1024 + 1) }
    const { told } = await read(await written({ ...ask, ...more }, files))
    const { location } = { ...ask, ...more }
    expect(told).toEqual([`location unreadable-location: "${location}" can't be read: ${detail}`])
  })

  test('that is no text is told', async () => {
    const file = await written(ask)
    await writeFile(join(dirname(file), 'ask.md'), Buffer.from([0xff, 0xfe, 0x00]))
    expect((await read(file)).told).toEqual([
      'location unreadable-location: "file:///./ask.md" can\'t be read: it is no text in UTF-8',
    ])
  })

  test('can not have a template too, and one of the two is needed', async () => {
    const both = await read(await written({ ...ask, ...said('a') }, { 'ask.md': '{{topic}}' }))
    const none = await read(await written({}))
    expect([both.told[0], none.told]).toEqual([
      expect.stringMatching(/has both "location" and "template"; it takes one of them$/),
      [expect.stringContaining('missing-key: missing key "template"')],
    ])
  })

  test('has no variables in its place', async () => {
    const { told } = await read(await written({ ...ask, location: 'file:///./{{x}}.md' }))
    expect(told.map((text) => text.split(':')[0])).toEqual(['location stray-placeholder'])
  })
})

test('The folder of a resource is there', async () => {
  const files = { 'guide/a.md': '', 'b.md': '' }
  const resources = Object.fromEntries(
    ['guide', 'giude', 'b.md'].map((name) => [
      name.replace('.', ''),
      { description: 'R.', uri: `a:${name}`, location: `file:///./${name}` },
    ]),
  )
  const surface = { type: 'mcp', namespace: 'shop-mcp', port: 0, tools, resources }
  const file = await writeCapability({ ikanos: '1.0.0-beta5', capability: { exposes: [surface] } }, { files })
  expect((await validate(file)).diagnostics.map(({ message, hint }) => [message, hint])).toEqual([
    ['"file:///./giude" can\'t be read: there is no such folder', 'did you mean "file:///./guide"?'],
    ['"file:///./b.md" can\'t be read: it is no folder', 'file:///./x is beside the file that it is written in'],
  ])
})
