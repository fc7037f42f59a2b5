/** The fuzz in small, always the same, and what it has found. `npm run fuzz` is the long one. */

import { beforeAll, describe, expect, it } from 'vitest'
import { fuzzFiles } from '../fuzz/fuzz-files.mjs'
import { fuzzRequests } from '../fuzz/fuzz-requests.mjs'
import { validate } from '../src/index.ts'
import { ensureBuilt } from './support/cli.ts'
import { exhaustive } from './support/sampled.ts'

beforeAll(ensureBuilt)

const times = (counts: object, what: string) => Number(Reflect.get(counts, what))

describe('fuzz', () => {
  it('finds no fault of ours, no hang and no secret in answers to many requests', async () => {
    const asked = exhaustive ? 200 : 80
    const { runs, failure, counts } = await fuzzRequests({ runs: asked, seed: 1, lanes: 4 })
    expect(failure).toBeUndefined()
    expect(runs).toBe(asked)
    expect(times(counts, '200')).toBeGreaterThan(asked / 10)
  }, 60_000)

  it('finds no file that is neither loaded nor refused', async () => {
    const runs = exhaustive ? 50 : 20
    const { failure, counts } = await fuzzFiles({ runs, seed: 1 })
    expect(failure).toBeUndefined()
    expect(times(counts, 'loaded') + times(counts, 'refused')).toBe(runs)
    expect(times(counts, 'loaded')).toBeGreaterThan(runs / 10)
  }, 60_000)
})

describe('what fuzz has found', () => {
  const exposing = (tools: string) =>
    `{"ikanos":"1.0.0-beta5","capability":{"exposes":[{"type":"mcp","namespace":"m","port":0,"tools":${tools}}]}}`

  const consuming = (path: string, more = '') =>
    `{"ikanos":"1.0.0-beta5","capability":{"consumes":[{"type":"http","namespace":"a","baseUri":"http://a.test","resources":{"r":{"path":${path},"operations":{"o":{"method":"GET"${more}}}}}}],"aggregates":[{"display":"A","namespace":"f","flows":{"g":{"description":"G.","call":"a.o"}}}],"exposes":[{"type":"mcp","namespace":"m","port":0,"tools":{"t":{"ref":"f.g"}}}]}}`

  it('half of a character in a path is sent as what stands for it', async () => {
    const { loaded } = await validate('found.yaml', { text: consuming('"/\\ud800"') })
    expect(JSON.stringify(loaded?.plan.operations)).toContain('%EF%BF%BD')
  })

  it.each([
    ['a tool that has the name of a member of every object', exposing('{"__proto__":{"x":1}}')],
    [
      'a place that is a map which merges what is none',
      consuming('"/r"', ',"inputParameters":{"n":{"in":{<<: 1},"value":"x"},"n": 1}'),
    ],
  ])('is told as faults of the file: %s', async (_, text) => {
    const { diagnostics, loaded } = await validate('found.yaml', { text, info: true })
    expect(loaded).toBeUndefined()
    expect(diagnostics.map(({ severity }) => severity)).toContain('error')
  })
})
