/** Inputs that are used and never declared: which they are, of what type, and when a name is a slip instead. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CallingUnit, inferInputs, usedSpelling, writtenPlace } from '../../src/compile/infer.ts'
import type { ConsumedEntry } from '../../src/compile/known.ts'
import { inputScope } from '../../src/compile/scope.ts'
import type { Json } from '../../src/plan.ts'
import type { ConsumedInput, Input } from '../../src/spec/document.ts'
import { collectReports } from '../support/report.ts'

function entry(inputs: Readonly<Record<string, ConsumedInput>>, path = '/orders'): ConsumedEntry {
  return {
    name: 'read',
    namespace: 'shop',
    pointer: '/c',
    path,
    pathPointer: '/c/path',
    method: 'GET',
    inputs: Object.entries(inputs).map(([name, input]) => ({ name, input, pointer: `/c/${name}` })),
  }
}

function unit(values: Readonly<Record<string, Json>>, inputs: Readonly<Record<string, Input>> = {}): CallingUnit {
  return { call: 'shop.read', with: new Map(Object.entries(values)), inputParameters: new Map(Object.entries(inputs)) }
}

function inferred(of: CallingUnit, from: ConsumedEntry) {
  const { report, found } = collectReports()
  const inputs = inferInputs(of, from, inputScope(of.inputParameters.keys(), 'tools-ns'), '/t', report)
  return { inputs: Object.fromEntries(inputs), found }
}

describe('An input that nobody declared', () => {
  test.each(['tools.x', 'rest.x', 'rest.body.x', 'rest.path.x', 'rest.query.x', '{{tools.x}}', '$this.tools-ns.x'])(
    'is inferred from %s, as its parameter says',
    (reference) => {
      const id = { in: 'query', type: 'integer', description: 'Its number.' } as const
      const { inputs, found } = inferred(unit({ id: reference }), entry({ id }))
      expect(inputs).toEqual({ x: { type: 'integer', description: 'Its number.', required: false } })
      expect(found.map((f) => [f.code, f.pointer])).toEqual([['inferred-input', '/t/with/id']])
    },
  )

  test('is required where it stands in the path, and where its parameter is', () => {
    const { inputs } = inferred(unit({}), entry({ a: { in: 'query', required: true } }, '/orders/{id}'))
    expect(inputs).toEqual({ a: { type: 'string', required: true }, id: { type: 'string', required: true } })
  })

  test('may be anything where it goes into a body', () => {
    expect(inferred(unit({ lines: 'tools.lines' }), entry({ lines: { in: 'body' } })).inputs).toEqual({
      lines: { required: false },
    })
  })

  test('is no input where a declared one that nothing uses is nearly called so', () => {
    const declared = { order_id: { type: 'string', required: true } } as const
    expect(inferred(unit({ id: 'tools.orderid' }, declared), entry({ id: { in: 'query' } })).found).toEqual([])
  })

  test('is no input where it is nearly a declared one that the path no longer takes', () => {
    const declared = { model_id: { type: 'string', required: true } } as const
    const { inputs, found } = inferred(unit({}, declared), entry({ model_id: { in: 'path' } }, '/m/{{model_idd}}'))
    expect(Object.keys(inputs)).toEqual(['model_id'])
    expect(found).toEqual([])
  })

  test('is never a credential', () => {
    expect(inferred(unit({}), entry({ Authorization: { in: 'header', required: true } })).inputs).toEqual({})
  })

  test('is told once, however often it is used', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,8}$/), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(names, fc.constantFrom('tools', 'rest'), (list, prefix) => {
        const values = Object.fromEntries(
          list.flatMap((n) => [
            [n, `${prefix}.${n}`],
            [`${n}2`, `{{${prefix}.${n}}}`],
          ]),
        )
        const { inputs, found } = inferred(unit(values), entry({}))
        expect(Object.keys(inputs)).toEqual(list)
        expect(found).toHaveLength(list.length)
      }),
    )
  })
})

describe('A REST operation', () => {
  test.each([
    ['q', { a: 'rest.query.q' }, 'query'],
    ['q', { a: 'rest.body.q' }, 'body'],
    ['q', { a: '{{rest.query.q}}' }, 'query'],
    ['q', { a: 'rest.q' }, undefined],
    ['body', { a: 'rest.body' }, 'whole'],
    ['body', {}, 'whole'],
  ])('takes %s of %j from its place', (name, values, place) => {
    expect(writtenPlace(name, unit(values))).toBe(place)
  })

  test('knows a path variable in the spelling of its `with`', () => {
    expect(usedSpelling('request-id', unit({ id: 'rest.request_id' }).with)).toBe('request_id')
    expect(usedSpelling('request-id', unit({ id: 'rest.other' }).with)).toBe('request-id')
  })
})
