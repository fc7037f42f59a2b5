/**
 * Whether a request finds its skill by name and description alone. No model is asked: a ranking by words (BM25) among other
 * skills stands in for one, as a floor that a changed description must not fall below.
 */

import { beforeAll, expect, it } from 'vitest'
import { bundledCapability, load } from '../src/index.ts'
import data from './skills/queries.json' with { type: 'json' }

type Ranked = readonly (readonly [name: string, score: number])[]

const words = (text: string) =>
  (text.toLowerCase().match(/[a-z]{2,}/g) ?? []).map((word) => word.replace(/(?:ing|ed|es|s)$/, ''))

/** Okapi BM25 with its usual constants. */
function ranking(texts: ReadonlyMap<string, string>): (query: string) => Ranked {
  const [k, b] = [1.2, 0.75]
  const bags = [...texts].map(([name, text]) => [name, words(text)] as const)
  const mean = bags.reduce((sum, [, bag]) => sum + bag.length, 0) / bags.length
  const weight = (word: string) => {
    const having = bags.filter(([, bag]) => bag.includes(word)).length
    return Math.log(1 + (bags.length - having + 0.5) / (having + 0.5))
  }
  const scoreOf = (bag: readonly string[], query: readonly string[]) =>
    query.reduce((sum, word) => {
      const count = bag.filter((one) => one === word).length
      return sum + (weight(word) * count * (k + 1)) / (count + k * (1 - b + (b * bag.length) / mean))
    }, 0)
  return (query) =>
    bags.map(([name, bag]) => [name, scoreOf(bag, words(query))] as const).sort(([, one], [, other]) => other - one)
}

let rank: (query: string) => Ranked
let names: readonly string[]
beforeAll(async () => {
  const { plan } = await load(bundledCapability())
  const skills = plan.surfaces.flatMap((s) => (s.type === 'skill' ? s.skills : []))
  const own = skills.map(({ name, description }) => [name, `${name} ${description}`] as const)
  names = own.map(([name]) => name)
  rank = ranking(new Map([...own, ...Object.entries(data.decoys)]))
})

const first = (query: string) => rank(query)[0]?.[0]

it('every skill has eight requests that are for it and eight that are nearly', () => {
  expect(Object.keys(data.queries).sort()).toEqual([...names].sort())
  for (const { positive, negative } of Object.values(data.queries)) {
    expect([new Set(positive).size, new Set(negative.map(([query]) => query)).size]).toEqual([8, 8])
    for (const [, meant = ''] of negative) expect([...names, ...Object.keys(data.decoys)]).toContain(meant)
  }
})

it('three requests in four find their skill, and hardly any finds one that it is not for', () => {
  const all = Object.entries(data.queries)
  const missed = all.flatMap(([name, { positive }]) => positive.filter((query) => first(query) !== name))
  const wrong = all.flatMap(([name, { negative }]) => negative.filter(([query = '']) => first(query) === name))
  expect([missed, missed.length <= 10]).toEqual([missed, true])
  expect([wrong, wrong.length <= 4]).toEqual([wrong, true])
})
