import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNonces } from '../../src/surfaces/nonces.ts'

function clocked(limits = { lifetimeMs: 1000, kept: 3 }) {
  let time = 0
  return {
    nonces: createNonces(limits, () => time),
    pass: (ms: number) => {
      time += ms
    },
  }
}

describe('A nonce', () => {
  test('is another one every time', () => {
    const { nonces } = clocked()
    expect(new Set(Array.from({ length: 100 }, nonces.issue)).size).toBe(100)
  })

  test('is good until its time is over', () => {
    const { nonces, pass } = clocked()
    const nonce = nonces.issue()
    pass(1000)
    expect(nonces.use(nonce, 1)).toBe(true)
    pass(1)
    expect(nonces.use(nonce, 2)).toBe(false)
  })

  test.each([
    ['nothing', () => ''],
    ['a word', () => 'nonce'],
    ['one of another server', () => createNonces({ lifetimeMs: 1000, kept: 3 }, () => 0).issue()],
    ['one made younger', (nonce: string) => nonce.replace(/\.[^.]+\./, '.zz.')],
    ['one with another serial', (nonce: string) => nonce.replace(/^[^.]+/, 'zz')],
    ['one whose signature is cut off', (nonce: string) => nonce.slice(0, -1)],
    ['one without a signature', (nonce: string) => nonce.replace(/[^.]+$/, '')],
  ])('is not %s', (_, change: (nonce: string) => string) => {
    const { nonces } = clocked()
    expect(nonces.use(change(nonces.issue()), 1)).toBe(false)
  })
})

describe('A count of a nonce', () => {
  test('is good once, also when requests overtake each other', () => {
    const { nonces } = clocked()
    const nonce = nonces.issue()
    const used = (counts: readonly number[]) => counts.map((count) => nonces.use(nonce, count))
    expect(used([3, 1, 2, 3, 1, 2, 4])).toEqual([true, true, true, false, false, false, true])
  })

  test('is no good when it is zero, negative or no number', () => {
    const { nonces } = clocked()
    const nonce = nonces.issue()
    expect([0, -1, Number.NaN].map((count) => nonces.use(nonce, count))).toEqual([false, false, false])
    expect(nonces.use(nonce, 1)).toBe(true)
  })

  test('is never good twice, whatever the order', () => {
    const counts = fc.array(fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 0xffffffff })))
    fc.assert(
      fc.property(counts, (order) => {
        const { nonces } = clocked()
        const nonce = nonces.issue()
        const good = order.filter((count) => nonces.use(nonce, count))
        expect(new Set(good).size).toBe(good.length)
      }),
    )
  })

  test('is good whenever it is at most 31 behind the highest and new', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          Array.from({ length: 32 }, (_, i) => i + 1),
          { minLength: 1 },
        ),
        (order) => {
          const { nonces } = clocked()
          const nonce = nonces.issue()
          expect(order.filter((count) => !nonces.use(nonce, count))).toEqual([])
        },
      ),
    )
  })
})

describe('What is kept of nonces', () => {
  test('is bounded, and none that is not kept any more is good again', () => {
    const { nonces } = clocked()
    const all = Array.from({ length: 10 }, nonces.issue)
    for (const nonce of all) expect(nonces.use(nonce, 1)).toBe(true)
    expect(all.map((nonce) => nonces.use(nonce, 1))).toEqual(all.map(() => false))
    expect(all.map((nonce) => nonces.use(nonce, 2))).toEqual([...Array(7).fill(false), true, true, true])
  })

  test('is nothing of those that were issued and never used', () => {
    const { nonces } = clocked()
    const first = nonces.issue()
    expect(nonces.use(first, 1)).toBe(true)
    for (let i = 0; i < 1000; i++) nonces.issue()
    expect(nonces.use(first, 2)).toBe(true)
  })
})
