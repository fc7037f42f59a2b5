import { describe, expect, it } from 'vitest'
import { differencesOf } from '../../src/text/difference.ts'

const places = (from: unknown, to: unknown, by: readonly string[] = []) => differencesOf(from, to, '/x', by).places

describe('What differs', () => {
  it.each<readonly [string, unknown, unknown, readonly object[]]>([
    ['is nothing between the same', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ['is told by field', { a: 1, b: { c: 2 } }, { a: 1, b: { c: 3 } }, [{ path: '/x/b/c', from: 2, to: 3 }]],
    [
      'has one side where there was nothing',
      { a: 1 },
      { b: 2 },
      [
        { path: '/x/a', from: 1 },
        { path: '/x/b', to: 2 },
      ],
    ],
    ['is told by position in lists of a length', [1, 2], [1, 3], [{ path: '/x/1', from: 2, to: 3 }]],
    ['is the whole of another type', { a: 1 }, [1], [{ path: '/x', from: { a: 1 }, to: [1] }]],
    ['is a null, too', { a: null }, { a: 0 }, [{ path: '/x/a', from: null, to: 0 }]],
    ['names places as pointers do', { 'a/b': 1 }, { 'a/b': 2 }, [{ path: '/x/a~1b', from: 1, to: 2 }]],
  ])('%s', (_, from, to, expected) => {
    expect(places(from, to)).toEqual(expected)
  })

  const box = (id: string, label: string, text = 'old') => ({ id, label, text })

  it('is told by what tells elements apart, else by the next member, else by position', () => {
    const from = [box('1', 'a'), box('2', 'b'), box('3', 'b')]
    const to = [box('1', 'a', 'new'), box('3', 'b', 'new'), { label: 'c' }, { text: 'x' }]
    expect(places(from, to, ['label', 'id'])).toEqual([
      { path: '/x/a/text', from: 'old', to: 'new' },
      { path: '/x/2', from: box('2', 'b') },
      { path: '/x/3/text', from: 'old', to: 'new' },
      { path: '/x/c', to: { label: 'c' } },
      // An id has its position, so the position stands beside it.
      { path: '/x/3 3', to: { text: 'x' } },
    ])
  })

  it('is bounded: in places, the rest of which is counted, and in values', () => {
    const numbers = Array.from({ length: 150 }, (_, i) => i)
    const { places: told, more } = differencesOf(numbers, [...numbers].reverse(), '', [])
    expect([told.length, more]).toEqual([100, 50])
    expect(places('', 'x'.repeat(1000))[0]).toMatchObject({ to: `"${'x'.repeat(299)}…` })
  })
})
