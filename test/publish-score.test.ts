/** The published folder by the Kin rubric of APIs.io. */

import { beforeAll, describe, expect, test } from 'vitest'
import { kinScore } from './support/kin.ts'
import { described, type Folder, published } from './support/published.ts'

let files: Folder

beforeAll(async () => {
  files = await published()
}, 20_000)

/** What the rubric would give points for, and why it is honest to go without. */
const missed: Readonly<Record<string, string>> = {
  base_url_per_api: 'nobody hosts the surfaces; they run where their user is',
  apis_json_self_hosted: 'the address is a stand-in until somebody pushes the folder',
  maintainer_present: 'so is the e-mail address',
  openapi_version: 'the description of the called API is 3.0.3 and untouched',
  servers_resolvable: 'the REST surface is on the machine of whoever runs it',
  error_responses_documented: 'the untouched description has no refusals; the overlay adds them',
  examples_present: 'it has no examples either',
  components_reuse: 'nor schemas',
  security_schemes: 'the REST surface listens on one machine only, and asks for no credential there',
  security_applied: 'as before',
  webhooks_or_callbacks: 'nothing calls back',
  resource_lifecycle: 'no file is made here: it is uploaded elsewhere',
  Roadmap: 'nobody has promised anything',
  'Support|HelpCenter|Community': 'there is no address for support but that of the maintainers',
  FinOps: 'what a call costs is not documented',
  Compliance: 'the program has no certificate; those of the provider are not ours to show',
  TrustCenter: 'as before',
  agent_idempotency: 'the called API has no keys; the REST surface has',
  agent_error_semantics: 'the untouched description has no refusals',
  agent_card: 'no agent is served',
  agent_rate_limit_signal: 'no limit is set by default, so no header tells of one',
}

describe('The Kin score', () => {
  test.skipIf(described === undefined)(
    'is at least 85, and 80 of 117 for agents, and what is missed has a reason',
    () => {
      const score = kinScore(files)
      expect(score.missed.map(({ id }) => id).sort()).toEqual(Object.keys(missed).sort())
      expect(score.composite).toBeGreaterThanOrEqual(85)
      expect(score.readiness).toBeGreaterThanOrEqual(80)
    },
  )

  test('falls when artifacts are taken away', () => {
    const bare = new Map([...files].filter(([path]) => !/^(mcp|rules|openapi|json-ld)\//.test(path)))
    const [whole, less] = [kinScore(files), kinScore(bare)]
    expect(less.composite).toBeLessThan(whole.composite - 20)
    expect(less.readiness).toBeLessThan(whole.readiness - 30)
  })
})
