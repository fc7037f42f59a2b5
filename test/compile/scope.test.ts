import { describe, expect, test } from 'vitest'
import { bindScope, compileText, compileWith, inputScope, lookup, valueScope, within } from '../../src/compile/scope.ts'
import type { Json, Value } from '../../src/plan.ts'
import { collectReports } from '../support/report.ts'

const binds = bindScope([
  { namespace: 'env', variable: 'TOKEN' },
  { namespace: 'secrets', variable: 'KEY' },
])
const scope = within(inputScope(['id', 'order', 'a.b', 'a'], 'shop'), binds)

const input = (name: string, ...path: string[]): Value => ({
  type: 'input',
  name,
  ...(path.length > 0 ? { path } : {}),
})
const bind = (variable: string): Value => ({ type: 'bind', variable })

function text(source: string) {
  const { report, found } = collectReports()
  return { value: compileText(source, scope, report, '/at'), found }
}

function withValue(value: Json) {
  const { report, found } = collectReports()
  return { value: compileWith(value, scope, report, '/with/x'), found }
}

describe('A name in a template', () => {
  test.each([
    ['id', input('id')],
    ['shop.id', input('id')],
    ['$this.shop.id', input('id')],
    ['tools.id', input('id')],
    ['rest.id', input('id')],
    ['rest.path.id', input('id')],
    ['rest.query.id', input('id')],
    ['rest.body.id', input('id')],
    ['order.customer.name', input('order', 'customer', 'name')],
    ['shop.order.lines.0.sku', input('order', 'lines', '0', 'sku')],
    ['TOKEN', bind('TOKEN')],
    ['env.TOKEN', bind('TOKEN')],
    ['$env.TOKEN', bind('TOKEN')],
    ['secrets.KEY', bind('KEY')],
    ['env.KEY', bind('KEY')],
  ])('%s means %j', (name, expected) => {
    expect(lookup(scope, name)).toEqual(expected)
  })

  test('that is declared with dots wins over a member of a shorter one', () => {
    expect(lookup(scope, 'a.b')).toEqual(input('a.b'))
    expect(lookup(scope, 'a.c')).toEqual(input('a', 'c'))
    expect(lookup(scope, 'a.b.c')).toEqual(input('a.b', 'c'))
  })

  test.each([
    'ID',
    'other',
    'shop',
    'other.id',
    'shop.other',
    'TOKEN.x',
    'secrets.TOKEN',
    'id.',
    '.id',
    '__proto__',
    'constructor',
  ])('%s means nothing', (name) => {
    if (name === 'id.') return expect(lookup(scope, name)).toEqual(input('id', ''))
    expect(lookup(scope, name)).toBeUndefined()
  })

  test('means the nearest declaration of that name', () => {
    const inner = valueScope(new Map<string, Value>([['id', { type: 'literal', value: 7 }]]))
    expect(lookup(within(inner, scope), 'id')).toEqual({ type: 'literal', value: 7 })
    expect(lookup(within(inner, scope), 'order')).toEqual(input('order'))
    expect(within(inner, scope).names).toEqual(['id', 'order', 'a.b', 'a', 'TOKEN', 'KEY'])
  })

  test('means an input before a bind of the same name', () => {
    expect(lookup(within(inputScope(['TOKEN'], 'shop'), binds), 'TOKEN')).toEqual(input('TOKEN'))
    expect(lookup(within(inputScope(['TOKEN'], 'shop'), binds), '$env.TOKEN')).toEqual(bind('TOKEN'))
  })
})

describe('The inputs of an imported unit', () => {
  test('go by the namespace it has here, and by the one it has at home', () => {
    const imported = inputScope(['id'], 'here', ['home'])
    for (const name of ['here.id', 'home.id', '$this.home.id']) expect(lookup(imported, name)).toEqual(input('id'))
    expect(lookup(imported, 'away.id')).toBeUndefined()
  })
})

describe('A bind that has the name of another', () => {
  const both = bindScope([
    { namespace: 'a', variable: 'KEY' },
    { namespace: 'b', variable: 'KEY' },
    { namespace: 'b', variable: 'OTHER' },
  ])

  test('is told from it by its namespace', () => {
    expect(lookup(both, 'a.KEY')).toEqual(bind('a.KEY'))
    expect(lookup(both, 'b.KEY')).toEqual(bind('b.KEY'))
    expect(lookup(both, 'b.OTHER')).toEqual(bind('OTHER'))
    expect(lookup(both, 'KEY')).toEqual(bind('KEY'))
  })
})

describe('A text', () => {
  test('without placeholders is a literal', () => {
    expect(text('plain').value).toEqual({ type: 'literal', value: 'plain' })
  })

  test.each(['{{id}}', '{{ id }}', '{{{id}}}', '{{&id}}'])(
    'that is nothing but %s keeps the type of the value',
    (source) => {
      expect(text(source).value).toEqual(input('id'))
    },
  )

  test('with a blank beside its placeholder is a text', () => {
    expect(text(' {{id}}').value).toEqual({ type: 'text', source: ' {{id}}', parts: [' ', input('id')] })
  })

  test('with several placeholders keeps their order', () => {
    expect(text('{{id}}-{{TOKEN}}').value).toMatchObject({ parts: [input('id'), '-', bind('TOKEN')] })
  })

  test('with an unknown name is reported with the nearest known one', () => {
    expect(text('a {{odrer}} b').found).toEqual([
      {
        code: 'unknown-parameter',
        pointer: '/at',
        args: { name: 'odrer', nearest: 'order', known: ['id', 'order', 'a.b', 'a', 'TOKEN', 'KEY'] },
      },
    ])
  })

  test('that is $env.KEY without braces is the bind, and reported when there is none', () => {
    expect(text('$env.TOKEN').value).toEqual(bind('TOKEN'))
    expect(text('a $env.TOKEN').value).toEqual({ type: 'literal', value: 'a $env.TOKEN' })
    expect(text('$env.TOKNE').found).toMatchObject([{ code: 'unknown-parameter', args: { name: '$env.TOKNE' } }])
  })

  test('with two unknown names is reported twice', () => {
    expect(text('{{x1}} {{x2}}').found.map((f) => f.args.name)).toEqual(['x1', 'x2'])
  })

  test('that is no template is reported and taken as it is', () => {
    const { value, found } = text('a {{id')
    expect(value).toEqual({ type: 'literal', value: 'a {{id' })
    expect(found).toMatchObject([{ code: 'bad-template', pointer: '/at' }])
  })
})

describe('A value under "with"', () => {
  test.each<Json>([1, 1.5, true, false, [], [1, 'id'], { a: 'shop.id' }, '', 'id', 'plain text', '$19.99', '$.id'])(
    '%j is a constant',
    (value) => {
      expect(withValue(value)).toEqual({ value: { type: 'literal', value }, found: [] })
    },
  )

  test.each([
    ['shop.id', input('id')],
    ['shop.order.city', input('order', 'city')],
    ['$this.shop.id', input('id')],
    ['tools.id', input('id')],
    ['rest.path.id', input('id')],
    ['$env.TOKEN', bind('TOKEN')],
    ['{{id}}', input('id')],
    ['{{TOKEN}}', bind('TOKEN')],
  ])('%j is a reference', (value, expected) => {
    expect(withValue(value)).toEqual({ value: expected, found: [] })
  })

  test('of several parts has its placeholders filled at any depth', () => {
    expect(withValue({ a: ['{{id}}', 'x'], b: 1 })).toEqual({
      value: {
        type: 'object',
        members: [
          ['a', { type: 'array', items: [input('id'), { type: 'literal', value: 'x' }] }],
          ['b', { type: 'literal', value: 1 }],
        ],
      },
      found: [],
    })
    expect(withValue({ a: ['{{idd}}'] }).found).toMatchObject([{ code: 'unknown-parameter', pointer: '/with/x/a/0' }])
  })

  test.each(['shop.ordr', 'tools.idd', '$env.TOKNE'])('%j refers to nothing and is reported', (value) => {
    expect(withValue(value).found).toMatchObject([
      { code: 'unknown-parameter', pointer: '/with/x', args: { name: value } },
    ])
  })

  test.each([
    ['shpo.id', 'shop.id'],
    ['shops.order', 'shop.order'],
    ['tool.id', 'tools.id'],
  ])('%j is nearly a reference: it is reported with what was meant, not sent as a constant', (value, meant) => {
    expect(withValue(value).found).toMatchObject([{ code: 'unknown-parameter', args: { name: value, nearest: meant } }])
  })

  test.each(['shpo.other', 'example.com', 'www.id', 'v1.2', 'a shop.id'])('%j is a constant all the same', (value) => {
    expect(withValue(value)).toEqual({ value: { type: 'literal', value }, found: [] })
  })
})
