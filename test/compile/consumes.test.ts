import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRequest, compileUpstream, findConsumed, indexConsumes } from '../../src/compile/consumes.ts'
import { bindScope, inputScope, valueScope, within } from '../../src/compile/scope.ts'
import { OperationError } from '../../src/errors.ts'
import type { RequestPlan, Value } from '../../src/plan.ts'
import type { UpstreamRequest } from '../../src/runtime/message.ts'
import { requestBuilder } from '../../src/runtime/request.ts'
import type { Upstream } from '../../src/runtime/upstream.ts'
import { noCompanion } from '../../src/spec/companion.ts'
import type * as doc from '../../src/spec/document.ts'
import { collectReports, type Reported } from '../support/report.ts'

type Inputs = Readonly<Record<string, doc.ConsumedInput>>

interface Written {
  readonly path?: string
  readonly api?: Inputs
  readonly resource?: Inputs
  readonly operation?: Inputs
  readonly method?: doc.ConsumedOperation['method']
  readonly body?: doc.ConsumedOperation['body']
}

const named = <T>(entries: Readonly<Record<string, T>> = {}): doc.Named<T> => new Map(Object.entries(entries))

function api({ path = '/orders', api, resource, operation, method = 'GET', body }: Written): doc.Consumes {
  const get = { method, inputParameters: named(operation), ...(body === undefined ? {} : { body }) }
  return {
    pointer: '/capability/consumes/0',
    namespace: 'shop',
    baseUri: 'https://api.example.com',
    inputParameters: named(api),
    resources: named({ orders: { path, inputParameters: named(resource), operations: named({ 'get-order': get }) } }),
  }
}

const binds = bindScope([{ namespace: 'env', variable: 'REGION' }])

/** The request of a call whose caller has these inputs, and sets these values. */
function request(written: Written, inputs: readonly string[] = [], set: Readonly<Record<string, Value>> = {}) {
  const { report, found } = collectReports()
  const entry = findConsumed('shop.get-order', indexConsumes([api(written)], report), report, '/call')
  if (entry === undefined) throw new Error('the operation was not found')
  const caller = within(valueScope(named(set)), within(inputScope(inputs, 'tools'), binds))
  return { plan: compileRequest(entry, caller, { report, companion: noCompanion }, '/call'), found }
}

/** What a request is built from. */
const upstream = {
  namespace: 'shop',
  origin: 'https://api.example.com',
  basePath: '/v1',
  credentials: { headers: [], query: '' },
  send: () => Promise.reject(new Error('nothing is sent here')),
  close: () => Promise.resolve(),
} as Partial<Upstream> as Upstream

function built(plan: RequestPlan, input: Readonly<Record<string, unknown>>): UpstreamRequest {
  return requestBuilder(plan, upstream, new Map())(input)
}

/** Path and query of the request, which must compile without a fault. */
function target(written: Written, input: Readonly<Record<string, unknown>> = {}): string {
  const { plan, found } = request(written, Object.keys(input))
  expect(found).toEqual([])
  return built(plan, input).path
}

const codes = (found: readonly Reported[]) => found.map(({ code, pointer, args }) => [code, pointer, args.name])

describe('The path of a consumed operation', () => {
  test.each([
    ['/orders/{{id}}', '/v1/orders/7'],
    ['/orders/{id}', '/v1/orders/7'],
    ['/orders/:id', '/v1/orders/7'],
    ['/orders/{{ id }}/lines', '/v1/orders/7/lines'],
    ['orders/{{id}}', '/v1/orders/7'],
    ['//orders/{{id}}', '/v1/orders/7'],
    ['/orders/{{id}}/', '/v1/orders/7/'],
    ['/orders/{{id}}.json', '/v1/orders/7.json'],
    ['/orders/v{id}-{id}', '/v1/orders/v7-7'],
    ['/orders/{id}:cancel', '/v1/orders/7:cancel'],
    ['/at/12:30/{id}', '/v1/at/12:30/7'],
    ['/my orders/ä/{id}', '/v1/my%20orders/%C3%A4/7'],
    ['/my%20orders/100%/{id}', '/v1/my%20orders/100%25/7'],
    ['/orders/{id}#cancel', '/v1/orders/7'],
    ['/orders/{id}?full=1', '/v1/orders/7?full=1'],
    ['/Orders({id})', '/v1/Orders(7)'],
  ])('%s becomes %s', (path, expected) => {
    expect(target({ path }, { id: 7 })).toBe(expected)
  })

  test('takes a variable that no parameter declares from the caller', () => {
    expect(target({ path: '/{{a}}/{{b}}' }, { a: 'x', b: 'y' })).toBe('/v1/x/y')
  })

  test('takes a variable from a fixed value', () => {
    expect(target({ path: '/{{a}}', operation: { a: { in: 'path', value: 'a b' } } })).toBe('/v1/a%20b')
  })

  test('without a value for its variable is reported where it is called', () => {
    expect(codes(request({ path: '/orders/{{id}}' }, ['order']).found)).toEqual([['missing-parameter', '/call', 'id']])
  })

  test.each(['/orders/{{id}', '/orders/{id', '/orders/id}}', '/orders/{{id}}}', '/orders/{}', '/orders/{{a b}}'])(
    '%s is refused, so that no brace travels upstream',
    (path) => {
      expect(request({ path }, ['id']).found.map((f) => f.code)).toEqual(['bad-template'])
    },
  )

  test('that lacks a parameter said to be in it is reported where that is declared', () => {
    const { found } = request({ path: '/orders/{{order_id}}', operation: { orderid: { in: 'path' } } }, ['order_id'])
    const pointer = '/capability/consumes/0/resources/orders/operations/get-order/inputParameters/orderid'
    expect(found).toMatchObject([{ code: 'unused-parameter', pointer, args: { nearest: 'order_id' } }])
  })

  test('may lack a parameter of the whole API, which other paths may have', () => {
    expect(request({ api: { tenant: { in: 'path' } } }).found).toEqual([])
  })
})

describe('Parameters of a consumed operation', () => {
  test('win over those of its resource, and these over those of the API', () => {
    const value = (text: string) => ({ in: 'query', value: text }) as const
    const levels = {
      api: { a: value('1'), b: value('1'), c: value('1') },
      resource: { b: value('2'), c: value('2') },
      operation: { c: value('3') },
    }
    expect(target(levels)).toBe('/v1/orders?a=1&b=2&c=3')
  })

  test('in headers are the same whatever their case', () => {
    const { plan } = request({
      api: { 'X-Lang': { in: 'header', value: 'en' } },
      operation: { 'x-lang': { in: 'header', value: 'de' } },
    })
    expect(plan.headers).toEqual([{ name: 'x-lang', value: { type: 'literal', value: 'de' } }])
  })

  test('of one name in two places are two parameters', () => {
    const { plan } = request({ resource: { id: { in: 'query' } }, operation: { id: { in: 'header' } } }, ['id'])
    expect([plan.query.length, plan.headers.length]).toEqual([1, 1])
  })

  test('that the caller does not have are left out when nothing requires them', () => {
    expect(target({ operation: { a: { in: 'query' }, b: { in: 'header' } } })).toBe('/v1/orders')
  })

  test('that are required and that the caller does not have are reported', () => {
    const { found } = request({ operation: { a: { in: 'query', required: true }, b: { in: 'body', required: true } } })
    expect(codes(found)).toEqual([
      ['missing-parameter', '/call', 'a'],
      ['missing-parameter', '/call', 'b'],
    ])
  })

  test("with a fixed value are not the caller's to set", () => {
    const { plan } = request({ operation: { a: { in: 'query', value: 1 } } }, ['a'], {
      a: { type: 'literal', value: 2 },
    })
    expect(plan.query).toEqual([{ name: 'a', value: { type: 'literal', value: 1 } }])
  })

  test('may be made of inputs, binds and fixed values before them', () => {
    const { plan, found } = request(
      { operation: { a: { in: 'query', value: 'x' }, b: { in: 'query', value: '{{a}}-{{id}}-{{REGION}}' } } },
      ['id'],
    )
    expect(found).toEqual([])
    expect(plan.query[1]?.value).toMatchObject({
      parts: [
        { type: 'literal', value: 'x' },
        '-',
        { type: 'input', name: 'id' },
        '-',
        { type: 'bind', variable: 'REGION' },
      ],
    })
  })

  test('made of a name that is not there are reported where they stand', () => {
    const pointer = '/capability/consumes/0/inputParameters/a/value'
    expect(codes(request({ api: { a: { in: 'query', value: '{{nowhere}}' } } }).found)).toEqual([
      ['unknown-parameter', pointer, 'nowhere'],
    ])
  })

  test.each([
    ['text', 'a b', 'q=a%20b'],
    ['a number', 1.5, 'q=1.5'],
    ['a truth', false, 'q=false'],
    ['a list', ['a', 'b&c'], 'q=a&q=b%26c'],
    ['an empty text', '', 'q='],
    ['an object', { a: 1 }, 'q=%7B%22a%22%3A1%7D'],
  ])('in a query write %s as its text', (_, value, query) => {
    expect(target({ operation: { q: { in: 'query' } } }, { q: value })).toBe(`/v1/orders?${query}`)
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty list', []],
  ])('in a query leave out %s', (_, value) => {
    expect(target({ operation: { q: { in: 'query' } } }, { q: value })).toBe('/v1/orders')
  })

  test('continue a query that the path begins', () => {
    expect(target({ path: '/orders?full=1', operation: { q: { in: 'query' } } }, { q: 'a?b' })).toBe(
      '/v1/orders?full=1&q=a%3Fb',
    )
  })

  test('in a body are its members, or the whole body when there is but one called body', () => {
    const body = (operation: Inputs, inputs: readonly string[]) =>
      request({ method: 'POST', operation }, inputs).plan.body?.value
    expect(body({ a: { in: 'body' }, b: { in: 'body', value: 1 } }, ['a'])).toMatchObject({
      type: 'object',
      members: [
        ['a', {}],
        ['b', {}],
      ],
    })
    expect(body({ body: { in: 'body' } }, ['body'])).toEqual({ type: 'input', name: 'body' })
    expect(body({ body: { in: 'body' }, b: { in: 'body' } }, ['body', 'b'])).toMatchObject({ type: 'object' })
    expect(body({ a: { in: 'body' } }, [])).toBeUndefined()
  })
})

describe('An input called like a member of every object', () => {
  test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
    '(%s) is left out when it was not given',
    (name) => {
      const { plan } = request({ operation: { [name]: { in: 'query' } } }, [name])
      expect(built(plan, {}).path).toBe('/v1/orders')
      expect(built(plan, { [name]: 'x' }).path).toBe(`/v1/orders?${name}=x`)
    },
  )
})

describe('Whatever characters a value holds', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string(),
    fc.constantFrom('/', '../..', 'a/b?c#d', '%2F', '&a=b', '\r\nX: y', ' ', '+'),
  )

  test('it stays one segment of the path, or is refused', () => {
    const { plan } = request({ path: '/orders/{{id}}/lines' }, ['id'])
    fc.assert(
      fc.property(anyText, (id) => {
        if (['', '.', '..'].includes(id)) {
          expect(() => built(plan, { id })).toThrow(OperationError)
          return
        }
        const url = new URL(built(plan, { id }).path, upstream.origin)
        const segments = url.pathname.split('/')
        expect([segments.length, decodeURIComponent(segments[3] ?? ''), url.search, url.hash]).toEqual([5, id, '', ''])
      }),
    )
  })

  test('it stays the value of its query parameter', () => {
    const { plan } = request({ operation: { a: { in: 'query' }, b: { in: 'query', value: '<{{a}}>' } } }, ['a'])
    fc.assert(
      fc.property(anyText, (a) => {
        const url = new URL(built(plan, { a }).path, upstream.origin)
        expect([...url.searchParams]).toEqual([
          ['a', a],
          ['b', `<${a}>`],
        ])
      }),
    )
  })

  test('it stays the value of its header, or is refused', () => {
    const { plan } = request({ operation: { 'X-A': { in: 'header', value: '{{a}}' } } }, ['a'])
    fc.assert(
      fc.property(anyText, (a) => {
        if (!/^[\t\x20-\x7e]*$/.test(a)) {
          expect(() => built(plan, { a })).toThrow(OperationError)
          return
        }
        const { headers } = built(plan, { a })
        expect(headers.slice(headers.indexOf('X-A'))).toEqual(['X-A', a])
      }),
    )
  })

  test('it stays the value of its member in a JSON body, with its type', () => {
    const { plan } = request({ method: 'POST', operation: { a: { in: 'body' }, b: { in: 'body', value: '{{a}}!' } } }, [
      'a',
    ])
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)))
    fc.assert(
      fc.property(fc.oneof(json, anyText), (a) => {
        const sent = JSON.parse(String(built(plan, { a }).body))
        expect(sent.a).toEqual(a)
        expect(sent.b).toBe(`${typeof a === 'string' ? a : a === null ? '' : JSON.stringify(a)}!`)
      }),
    )
  })
})

describe('A consumed API', () => {
  test.each([
    ['https://api.example.com', []],
    ['http://127.0.0.1:8080/v1', []],
    ['https://{{REGION}}.example.com', []],
    ['api.example.com', ['bad-address']],
    ['ftp://example.com', ['bad-address']],
    ['https://user:secret@example.com', ['bad-address']],
    ['https://example.com?x=1', ['bad-address']],
    ['https://example.com/#x', ['bad-address']],
    ['https://{{id}}.example.com', ['unknown-parameter']],
    ['https://{{REGION.example.com', ['bad-template']],
  ])('with the address %s is reported as %j', (baseUri, expected) => {
    const { report, found } = collectReports()
    compileUpstream({ ...api({}), baseUri }, binds, noCompanion, report)
    expect(found.map((f) => [f.code, f.pointer])).toEqual(
      expected.map((code) => [code, '/capability/consumes/0/baseUri']),
    )
  })

  test('never quotes the credentials of a wrong address', () => {
    const { report, found } = collectReports()
    compileUpstream({ ...api({}), baseUri: 'https://user:hunter2@example.com' }, binds, noCompanion, report)
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })

  test('may have the namespace of another that says the same', () => {
    const { report, found } = collectReports()
    indexConsumes([api({}), { ...api({}), description: 'Again.', pointer: '/capability/consumes/1' }], report)
    expect(found.map((f) => [f.code, f.pointer, f.args.first])).toEqual([
      ['repeated-name', '/capability/consumes/1', '/capability/consumes/0'],
    ])
  })

  test('may not have the namespace of another that is somewhere else', () => {
    const { report, found } = collectReports()
    indexConsumes([api({}), { ...api({}), baseUri: 'https://b.test', pointer: '/capability/consumes/1' }], report)
    expect(found.map((f) => [f.code, f.pointer, f.args.first])).toEqual([
      ['duplicate-name', '/capability/consumes/1', '/capability/consumes/0'],
    ])
  })
})

describe('The outputs of a consumed operation', () => {
  test('with a path that is none are told, whether or not anything calls it', () => {
    const { report, found } = collectReports()
    const one = api({})
    const paths = ['$.a[', '$.a', '$..[?'].map((value, i) => ({ name: `o${i}`, type: 'string' as const, value }))
    for (const resource of one.resources.values())
      for (const operation of resource.operations.values()) Object.assign(operation, { outputParameters: paths })
    indexConsumes([one], report)
    const at = '/capability/consumes/0/resources/orders/operations/get-order/outputParameters'
    expect(found.map((f) => [f.code, f.pointer])).toEqual([
      ['bad-path', `${at}/o0/value`],
      ['bad-path', `${at}/o2/value`],
    ])
  })
})

describe('A call', () => {
  test.each([
    ['shpo.get-order', 'unknown-namespace', 'shpo', 'shop'],
    ['shop.get-ordr', 'unknown-operation', 'get-ordr', 'get-order'],
    ['shop.price', 'unknown-operation', 'price', undefined],
  ])('of %s is refused as %s', (call, code, name, near) => {
    const { report, found } = collectReports()
    expect(findConsumed(call, indexConsumes([api({})], report), report, '/call')).toBeUndefined()
    expect(found).toMatchObject([{ code, pointer: '/call', args: { name, nearest: near } }])
  })
})
