/** The soak in small, and that its judge finds what is planted. `npm run soak` is the long one. */

import { describe, expect, it } from 'vitest'
import { judge, slopeOf } from '../soak/judge.mjs'
import { soak } from '../soak/run.mjs'
import { ensureBuilt } from './support/cli.ts'

const entry = { sequence: 7, operation: 'retry-exports', outcome: 200, status: 200 }
const write = {
  id: 'retry-exports a',
  flow: 'retry-exports',
  key: 'k',
  over: 'REST',
  repeatable: false,
  told: [{ at: 1000, what: 'done', detail: '200' }],
  end: 'done',
  entries: [entry],
}
const at = '2026-11-28T10:00:00.000Z'
const started = { event: 'started', id: '1', at, operation: 'files.retry-exports' }
const sound = {
  writes: [write],
  reads: [{ what: 'done' }, { what: 'unknown' }],
  verdicts: new Map([
    ['ap_1', 'approve'],
    ['ap_2', 'deny'],
  ]),
  stray: [],
  marks: [{ at: 2000, sequence: 7 }],
  gaps: 0,
  audit: { verified: true, said: '2 lines', lines: [started, { ...started, event: 'ended' }] },
  kills: [{ at: Date.parse(at) - 1_000_000, signal: 'SIGKILL' }],
  ends: [
    { asked: true, code: 0, signal: null },
    { asked: true, code: null, signal: 'SIGKILL' },
  ],
  noted: ['{"level":"warn","error_type":"upstream-timeout"}\n'],
  leaks: [],
  growth: [{ perMinute: 0.5 }],
}

const told = (what: string) => [{ at: 1000, what, detail: what }]
const writes = (more: object) => ({ writes: [{ ...write, ...more }] })

/** An audit with deletes by these approvals. */
function lost(...approvals: readonly (string | undefined)[]) {
  const lines = approvals.flatMap((approval, i) => {
    const line = { ...started, id: `lost ${i}`, operation: 'files.delete-file', approval }
    return [line, { ...line, event: 'ended' }]
  })
  return { audit: { ...sound.audit, lines } }
}

/** The rules that evidence breaks. */
const broken = (more: object) =>
  judge({ ...sound, ...more }).flatMap(({ rule, broken }) => (broken.length > 0 ? [rule] : []))

describe('the judge', () => {
  it('has nothing against what is in order', () => {
    expect(broken({})).toEqual([])
    expect(broken(writes({ told: told('unknown'), end: 'unknown' }))).toEqual([])
    const again = [...told('unknown'), ...told('refused')]
    expect(broken(writes({ told: again, end: 'refused', repeatable: true }))).toEqual([])
    expect(broken(lost('ap_1'))).toEqual([])
    const killed = [{ at: Date.parse(at) + 3000, signal: 'SIGKILL' }]
    expect(broken({ kills: killed, audit: { ...sound.audit, lines: [started] } })).toEqual([])
  })

  it.each<[string, object]>([
    ['no write is made twice', writes({ entries: [entry, entry] })],
    [
      'nothing is sent once a caller was told that it is done',
      writes({ repeatable: true, entries: [entry, { ...entry, sequence: 8 }] }),
    ],
    ['none is told to be done that was not', writes({ entries: [{ ...entry, outcome: undefined }] })],
    ['none is told to be done that was not', writes({ entries: [] })],
    ['none is told to be refused that was made', writes({ told: told('refused'), end: 'refused' })],
    ['every write ends as done, refused or told to be unknown', writes({ told: told('lost'), end: undefined })],
    ['no request is about a write that nobody asked for', { stray: ['delete-file x'] }],
    ['the judge has seen every request', { gaps: 3 }],
    ['no answer is a fault of the server', { reads: told('broken') }],
    ['no call hangs over its deadline', { reads: told('hung') }],
    ['the audit is whole', { audit: { ...sound.audit, verified: false } }],
    [
      'every write that was started has its end in the audit, kills apart',
      { audit: { ...sound.audit, lines: [started] }, kills: [{ at: Date.parse(at) + 3000, signal: 'SIGTERM' }] },
    ],
    ["nothing is lost without a person's yes, each used once", lost('ap_2')],
    ["nothing is lost without a person's yes, each used once", lost(undefined)],
    ["nothing is lost without a person's yes, each used once", lost('ap_1', 'ap_1')],
    ['no process ends by itself, or with a fault', { ends: [{ asked: true, code: 13, signal: null }] }],
    ['no process ends by itself, or with a fault', { ends: [{ asked: false, code: 0, signal: null }] }],
    ['no rejection or exception is left to itself', { noted: ['TypeError: x is not a function\n    at f (a.js:1:2)'] }],
    ['no credential is in an answer, a log or the audit', { leaks: ['answer 502'] }],
    ['memory grows by less than 1 MB a minute', { growth: [{ perMinute: 1 }] }],
  ])('finds that %s', (rule, planted) => {
    expect(broken(planted)).toEqual([rule])
  })

  it('tells how memory grows', () => {
    const samples = [0, 1, 2, 3].map((minutes) => ({ at: minutes * 60_000, mb: 100 + 2 * minutes }))
    expect(slopeOf(samples)).toBeCloseTo(2)
  })
})

describe('a short soak', () => {
  it('breaks no rule over a restart', async () => {
    ensureBuilt()
    const few = { seconds: 2, seed: 4, callers: 12, restarts: 1, thinkMs: 100, percent: 3 }
    const { verdict, counts } = await soak({ ...few, limits: { timeout: 1, breaker: false } })
    expect(verdict.filter(({ broken }) => broken.length > 0)).toEqual([])
    expect(counts['writes made upstream']['retry-exports']).toBeGreaterThan(0)
    expect(counts.stops).toEqual({ SIGKILL: 1, SIGTERM: 1 })
  }, 60_000)
})
