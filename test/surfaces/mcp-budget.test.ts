/** What the tools of the flagship cost a model to read, and whether it learns what each does from its first words. */

import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { bundledCapability, load } from '../../src/index.ts'
import { firstSentence } from '../../src/text/sentence.ts'
import { serveFlagship } from './cases.ts'
import { classic, initialize, messageIn, modern, post } from './mcp-messages.ts'

/** The result of `tools/list` as it is on the wire, in both eras. */
async function listed() {
  const { url } = await serveFlagship()
  const now = await post(url('mcp'), modern('tools/list'))
  const opened = await post(url('mcp'), initialize())
  const session = { id: String(opened.headers['mcp-session-id']), revision: '2025-11-25' }
  const before = await post(url('mcp'), classic({ id: 1, method: 'tools/list' }, session))
  return { '2026-07-28': now.json.result, '2025-11-25': messageIn(before).result }
}

/** All that a host may hand to a model: names, titles, descriptions, schemas of both sides, annotations. */
const most = 2500

describe('tools/list of the flagship', () => {
  it(`takes no more than ${most} tokens in either era, with either vocabulary`, async () => {
    for (const [era, result] of Object.entries(await listed())) {
      const text = JSON.stringify(result)
      expect(countO200k(text), `${era}, o200k_base`).toBeLessThanOrEqual(most)
      expect(countCl100k(text), `${era}, cl100k_base`).toBeLessThanOrEqual(most)
    }
  })

  it('says of each tool in one short sentence what it does to what', async () => {
    const { plan } = await load(bundledCapability())
    const tools = plan.surfaces.flatMap((surface) => (surface.type === 'mcp' ? surface.tools : []))
    const first = tools.map(({ name, description }) => ({ name, said: firstSentence(description) }))
    for (const { name, said } of first) {
      expect(said.length, name).toBeLessThanOrEqual(120)
      expect(said, name).toMatch(/^[A-Z][a-z]+s /)
      expect(said, name).toContain(name.split('-').at(-1)?.replace(/s$/, ''))
    }
    expect(new Set(first.map(({ said }) => said)).size).toBe(9)
  })
})
