/** What the page is made of: each operation once, its effect, its form, and nothing that a capability says as markup. */

import { describe, expect, it } from 'vitest'
import { effectOf } from '../../src/artifacts/page/effect.ts'
import { answersFrom, type PageFacts } from '../../src/artifacts/page/facts.ts'
import { type Field, fieldHtml, fieldsOf } from '../../src/artifacts/page/fields.ts'
import { attributes, breakable, html } from '../../src/artifacts/page/html.ts'
import { curlOf, requestOf } from '../../src/artifacts/page/request.ts'
import { subjectsOf } from '../../src/artifacts/page/subjects.ts'
import { tracesHtml } from '../../src/artifacts/page/traces.ts'
import { page } from '../../src/artifacts/page.ts'
import { load } from '../../src/load.ts'
import type { JsonSchema, Method, OperationPlan, Plan, RestPlan } from '../../src/plan.ts'
import { writeCapability } from '../support/serve.ts'

const facts: PageFacts = { addresses: new Map([['rest', 'http://127.0.0.1:8080']]), upstreams: [], examples: {} }

/** A capability over one consumed API, with these flows and surfaces. */
async function planOf(exposes: readonly object[], flows: object = {}, info: object = {}): Promise<Plan> {
  const file = await writeCapability({
    ikanos: '1.0.0-beta5',
    info: { display: 'Shop', description: 'Sells.', version: '1.0.0', ...info },
    capability: {
      consumes: [
        {
          type: 'http',
          namespace: 'api',
          baseUri: 'http://127.0.0.1:9',
          resources: {
            orders: {
              path: '/orders/{{id}}',
              operations: {
                read: { method: 'GET', inputParameters: { id: { in: 'path' } } },
                change: { method: 'PUT', inputParameters: { id: { in: 'path' } } },
                remove: { method: 'DELETE', inputParameters: { id: { in: 'path' } } },
              },
            },
          },
        },
      ],
      ...(Object.keys(flows).length > 0 ? { aggregates: [{ namespace: 'orders', flows }] } : {}),
      exposes,
    },
  })
  return (await load(file)).plan
}

const id = { type: 'string', description: 'Which.' }

function flow(call: string, more: object = {}) {
  return { description: 'Does it.', inputParameters: { id }, call: `api.${call}`, ...more }
}

function rest(operations: object, namespace = 'rest', path = '/orders/{{id}}') {
  const resources = { orders: { path, inputParameters: { id: { in: 'path', ...id } }, operations } }
  return { type: 'rest', namespace, address: '127.0.0.1', port: namespace === 'rest' ? 8080 : 8081, resources }
}

function mcp(tools: object, namespace = 'mcp') {
  return { type: 'mcp', namespace, address: '127.0.0.1', port: 9090, tools }
}

const surfaceOf = (plan: Plan) => plan.surfaces.find((surface): surface is RestPlan => surface.type === 'rest')

/** The whole page of the first REST surface. */
function pageOf(plan: Plan, more: Partial<PageFacts> = {}): string {
  const surface = surfaceOf(plan)
  if (surface === undefined) throw new Error('this plan has no REST surface')
  return page(plan, surface, { ...facts, ...more })()
}

describe('A tool', () => {
  it('that asks a person first says so, unless nobody is asked', async () => {
    const tools = mcp({ 'change-order': { ref: 'orders.change-order', hints: { readOnly: false, destructive: true } } })
    const plan = await planOf([rest({ change: { method: 'PUT', ref: 'orders.change-order' } }), tools], {
      'change-order': flow('change'),
    })
    expect(pageOf(plan)).toContain('a person is asked first')
    expect(pageOf(plan, { unconfirmed: true })).not.toContain('a person is asked first')
  })
})

describe('A subject', () => {
  it('is a flow with every route, tool and skill that leads to it', async () => {
    const uses = { 'read-order': { description: 'Looks.', from: { sourceNamespace: 'mcp', action: 'read-order' } } }
    const plan = await planOf(
      [
        rest({ 'get-order': { method: 'GET', ref: 'orders.read-order' } }),
        rest({ 'get-order': { method: 'GET', ref: 'orders.read-order' } }, 'old', '/old/{{id}}'),
        mcp({ 'read-order': { ref: 'orders.read-order' } }),
        {
          type: 'skill',
          namespace: 'skills',
          address: '127.0.0.1',
          port: 9091,
          skills: { 'review-orders': { description: 'Reviews.', tools: uses } },
        },
      ],
      { 'read-order': flow('read'), hidden: flow('change') },
    )
    const { subjects, unexposed } = subjectsOf(plan)
    expect(subjects.map(({ name, group }) => [name, group])).toEqual([['read-order', 'orders']])
    const [{ routes = [], tools = [], skills = [] } = {}] = subjects
    expect(routes.map(({ route }) => route.path)).toEqual(['/orders/{id}', '/old/{id}'])
    expect(tools.map(({ tool }) => tool.name)).toEqual(['read-order'])
    expect(skills.map(({ skill }) => skill.name)).toEqual(['review-orders'])
    expect(unexposed).toEqual(['orders.hidden'])
  })

  it('is a route and a tool that send the same, whatever each is called', async () => {
    const plan = await planOf([
      rest({ get: { method: 'GET', call: 'api.read' } }),
      mcp({
        'look-at-order': { description: 'Looks.', inputParameters: { id }, call: 'api.read' },
        'change-order': { description: 'Changes.', inputParameters: { id }, call: 'api.change' },
      }),
    ])
    const told = subjectsOf(plan).subjects.map(({ routes, tools }) => [
      routes.map(({ route }) => route.name),
      tools.map(({ tool }) => tool.name),
    ])
    expect(told).toEqual([
      [['get'], ['look-at-order']],
      [[], ['change-order']],
    ])
  })

  it('is not two tools of one surface, though they send the same', async () => {
    const one = { description: 'Looks.', inputParameters: { id }, call: 'api.read' }
    const plan = await planOf([mcp({ first: one, second: one })])
    expect(subjectsOf(plan).subjects.map(({ name }) => name)).toEqual(['first', 'second'])
  })

  it('is not two mocks of different names, though they answer the same', async () => {
    const outputParameters = [{ type: 'string', value: 'ok' }]
    const plan = await planOf([
      rest({ first: { method: 'GET', outputParameters }, third: { method: 'PUT', call: 'api.change' } }),
      mcp({ second: { description: 'Second.', outputParameters } }),
    ])
    expect(subjectsOf(plan).subjects.map(({ name }) => name)).toEqual(['first', 'third', 'second'])
  })
})

describe('The effect of an operation', () => {
  const operation = (method: Method | undefined, safe?: boolean): OperationPlan => ({
    name: 'a.b',
    description: '',
    semantics: safe === undefined ? {} : { safe },
    input: { schema: {}, validate: () => [] },
    output: {},
    run:
      method === undefined
        ? { type: 'mock', value: { type: 'literal', value: 1 } }
        : {
            type: 'call',
            request: { upstream: 'a', operation: 'b', method, path: [], query: [], headers: [] },
          },
  })

  it.each<[string, OperationPlan, readonly Method[], object[], string]>([
    ['a hint that it destroys', operation('PATCH', false), ['PATCH'], [{ destructiveHint: true }], 'deletes'],
    ['a hint that it destroys, against semantics', operation('GET', true), [], [{ destructiveHint: true }], 'deletes'],
    ['a DELETE to the upstream', operation('DELETE'), ['POST'], [], 'deletes'],
    ['a DELETE to this surface', operation('POST'), ['DELETE'], [], 'deletes'],
    ['semantics that say safe', operation('POST', true), ['POST'], [], 'safe'],
    ['a hint that it only reads', operation('POST'), ['POST'], [{ readOnlyHint: true }], 'safe'],
    ['a GET, where nothing is said', operation('GET'), ['GET'], [], 'safe'],
    ['a GET that is said not to be safe', operation('GET', false), ['GET'], [], 'changes'],
    ['a value made here', operation(undefined), ['POST'], [], 'safe'],
    ['any other method', operation('PUT'), ['PUT'], [], 'changes'],
  ])('follows %s', (_, one, methods, hints, effect) => {
    expect(effectOf(one, methods, hints)).toBe(effect)
  })
})

describe('A field', () => {
  const of = (schema: JsonSchema, more: Partial<Field> = {}) =>
    fieldHtml({ name: 'x', schema, required: false, place: { in: 'query', key: 'x' }, ...more }, 'f', undefined).html

  it.each<[JsonSchema, RegExp]>([
    [{ type: 'string', maxLength: 5 }, /<input id="f" name="x" data-in="query" type="text" maxlength="5">/],
    [{ type: 'string', format: 'date' }, /type="date"/],
    [{ type: 'string', format: 'email' }, /type="email"/],
    [{ type: 'integer', minimum: 1, maximum: 9 }, /data-as="number".* type="number" min="1" max="9" step="1"/],
    [{ type: 'number' }, /type="number" step="any"/],
    [{ type: 'boolean' }, /<select .*data-as="boolean".*>not given<.*<option>true<.*<option>false</],
    [{ enum: ['a', 'b'] }, /<select .*<option>a<.*<option>b</],
    [{ enum: [1, 'b'] }, /data-as="json".*<option>1<.*<option>"b"</],
    [{ type: 'array', items: { type: 'string' } }, /<textarea .*data-as="lines".*placeholder="one a line"/],
    [{ type: 'array', items: { type: 'integer' } }, /data-as="numbers"/],
    [{ type: 'array', items: { type: 'object' } }, /data-as="json".*placeholder="JSON"/],
    [{ type: 'object' }, /data-as="json"/],
    [{}, /any value.*<textarea .*data-as="any"/s],
    [
      { type: 'string', default: 'now', description: 'When.' },
      /aria-describedby="f-hint".*placeholder="now".*When. \(default "now"\)/s,
    ],
  ])('of %j has the control that fits it', (schema, control) => {
    expect(of(schema)).toMatch(control)
  })

  it('leaves patterns to the server, whose dialect another one might refuse', () => {
    expect(of({ type: 'string', pattern: '^[a-_-]$' })).not.toContain('pattern')
  })

  it('without a place is there to be read only', () => {
    const { place: _, ...field } = { name: 'x', schema: { type: 'string' }, required: true, place: undefined }
    expect(fieldHtml(field, 'f', undefined).html).not.toMatch(/<(input|label)/)
  })

  it('is told where no page can set it: in a cookie', () => {
    const cookie = of({ type: 'string' }, { place: { in: 'cookie', key: 'session' } })
    expect(cookie).toContain('It is read from the cookie session.')
    expect(cookie).not.toContain('<input')
  })

  it('is where the route reads it: under its key, deep in the body, or the body', async () => {
    const order = { note: { in: 'body', type: 'string', value: '$.order.note', description: 'x' } }
    const inputs = (more: object) => ({ shop: { in: 'query', type: 'string', description: 'x' }, ...more })
    const answer = (...names: string[]) => [{ type: 'string', value: names.map((name) => `{{${name}}}`).join('') }]
    const plan = await planOf([
      rest({
        post: { method: 'POST', inputParameters: inputs(order), outputParameters: answer('id', 'shop', 'note') },
        put: { method: 'PUT', call: 'api.change', inputParameters: {} },
      }),
    ])
    const [post] = surfaceOf(plan)?.routes ?? []
    expect(post && fieldsOf(post.operation, post).map(({ name, place }) => [name, place])).toEqual([
      ['id', { in: 'path', key: 'id' }],
      ['shop', { in: 'query', key: 'shop' }],
      ['note', { in: 'body', key: 'note', at: ['order', 'note'] }],
    ])
  })
})

describe('A request', () => {
  it('carries each input where the route reads it, encoded for its place', () => {
    expect(
      requestOf('POST', '/a/{id}/{other}', [
        { in: 'path', key: 'id', value: 'x/y {z}' },
        { in: 'path', key: 'other', value: '{other}', standIn: true },
        { in: 'query', key: 'tag', value: ['a&b', 'c'] },
        { in: 'query', key: 'filter', value: { n: 1 } },
        { in: 'query', key: 'left-out', value: undefined },
        { in: 'header', key: 'x-tenant', value: 7 },
        { in: 'cookie', key: 'session', value: 'a;b' },
        { in: 'cookie', key: 'theme', value: 'dark' },
        { in: 'body', key: 'name', value: 'n' },
        { in: 'body', key: 'note', at: ['order', 'note'], value: null },
      ]),
    ).toEqual({
      method: 'POST',
      target: '/a/x%2Fy%20%7Bz%7D/{other}?tag=a%26b&tag=c&filter=%7B%22n%22%3A1%7D',
      headers: [
        ['x-tenant', '7'],
        ['cookie', 'session=a%3Bb; theme=dark'],
        ['content-type', 'application/json'],
      ],
      body: '{"name":"n","order":{"note":null}}',
    })
  })

  it('may have one input as its whole body', () => {
    const input = { in: 'body', key: 'body', at: [], value: [1, 2] } as const
    expect(requestOf('PUT', '/a', [input]).body).toBe('[1,2]')
  })

  it('is a command that no value leaves', () => {
    const request = requestOf('POST', '/a', [{ in: 'body', key: 'x', value: "'; rm -rf ~; '" }])
    expect(curlOf(request, 'http://h', ['-u "$USERNAME:$PASSWORD"'])).toBe(
      `curl -X POST -u "$USERNAME:$PASSWORD" 'http://h/a' \\\n  -H 'content-type: application/json' \\\n  -d '{"x":"'\\''; rm -rf ~; '\\''"}'`,
    )
  })
})

describe('Markup', () => {
  const hostile = `"'><script>alert(1)</script>&amp;`

  it('takes every value for text, in text and in tags', () => {
    expect(html`<p title="${hostile}" id="x-${hostile}">${hostile}</p>${[1, undefined, false, html`<b>`]}`.html).toBe(
      '<p title="&#34;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"' +
        ' id="x-&#34;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;">' +
        `"'&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;</p>1<b>`,
    )
    expect(attributes({ a: '"', b: true, c: false, d: undefined, e: 0 }).html).toBe(' a="&#34;" b e="0"')
    expect(html`${breakable('/a/<b>')}`.html).toBe('/<wbr>a/<wbr>&lt;b&gt;')
  })

  it('holds nothing of what a capability says', async () => {
    const plan = await planOf(
      [
        rest({ get: { method: 'GET', ref: 'orders.read', description: hostile } }),
        mcp({ read: { ref: 'orders.read' } }),
      ],
      {
        read: {
          ...flow('read'),
          description: hostile,
          inputParameters: { id: { type: 'string', description: hostile } },
        },
      },
      { display: hostile, description: hostile, tags: [hostile] },
    )
    const text = pageOf(plan, { examples: { id: hostile } })
    expect(text.match(/<script>/g)).toHaveLength(1)
    expect(text).not.toContain(hostile)
    expect(text).not.toMatch(/="[^"]*"'>/)
  })

  it('holds nothing of what a call says of itself', () => {
    const span = {
      spanId: '1',
      name: hostile,
      durationMs: 1,
      status: 'OK',
      attributes: { 'url.template': hostile },
    } as const
    const trace = { traceId: hostile, operation: hostile, status: 'OK', durationMs: 1, timestamp: hostile } as const
    expect(tracesHtml([{ ...trace, spans: [span] }]).html).not.toContain('<script')
  })
})

describe('A call', () => {
  const span = (spanId: string, name: string, id: string, more: object = {}) =>
    ({ spanId, name, durationMs: 1, status: 'OK', attributes: { 'ikanos.operation.id': id }, ...more }) as const
  const told = (status: 'OK' | 'ERROR', ...spans: ReturnType<typeof span>[]) =>
    tracesHtml([
      { traceId: 't', operation: 'x', status, durationMs: 12.4, timestamp: '2026-11-24T10:20:30.000Z', spans },
    ]).html

  it('is named by its route, or by its tool', () => {
    expect(told('OK', span('1', 'rest.request', '/orders/{id} GET'))).toContain('<code>GET /orders/{id}</code>')
    const tool = span('2', 'mcp.tool', 'read-order', { parentSpanId: '1' })
    const text = told('OK', span('1', 'mcp.request', 'tools/call'), tool)
    expect(text).toContain('10:20:30 UTC</time> <span class="through"></span> <code>read-order</code>')
    expect(text).toMatch(/class="deep-0".*class="deep-1"/s)
  })

  it('says how it ended: well, with a fault of the caller, or badly', () => {
    const refused = { attributes: { 'ikanos.operation.id': '/a GET', 'error.type': 'invalid-input' } }
    expect(told('OK', span('1', 'rest.request', '/a GET'))).toContain('<span class="mark good">ok</span>')
    expect(told('OK', span('1', 'rest.request', '', refused))).toContain('<span class="mark odd">invalid-input</span>')
    expect(told('ERROR', span('1', 'rest.request', '', refused))).toContain('class="mark bad">invalid-input<')
  })
})

describe('The page', () => {
  it('has a form for what its own surface offers, and only tells of the rest', async () => {
    const plan = await planOf([
      rest({ get: { method: 'GET', call: 'api.read' } }),
      rest({ put: { method: 'PUT', call: 'api.change' } }, 'other', '/other/{{id}}'),
      mcp({ remove: { description: 'Removes.', inputParameters: { id }, call: 'api.remove' } }),
    ])
    const text = pageOf(plan, { addresses: new Map([['other', 'http://127.0.0.1:8081']]) })
    expect(text.match(/aria-label="Call [^"]*"/g)).toEqual(['aria-label="Call get"'])
    expect(text).toContain("curl -X PUT 'http://127.0.0.1:8081/other/{id}'")
    expect(text.match(/class="badge (\w+)"/g)).toEqual(
      ['badge safe', 'badge changes', 'badge deletes'].map((c) => `class="${c}"`),
    )
  })

  it('says who answers: the capability itself, the sandbox, or somebody for whom it is real', () => {
    const upstreams = [
      { namespace: 'a', origin: 'http://127.0.0.1:1', sandbox: true },
      { namespace: 'b', origin: 'https://b.example', sandbox: false },
    ]
    const from = (...called: string[]) => answersFrom(called, { ...facts, upstreams })
    expect(from().kind).toBe('own')
    expect(from('a').kind).toBe('sandbox')
    expect(from('a', 'b')).toMatchObject({ kind: 'live', word: 'LIVE', text: 'calls https://b.example' })
  })

  it('starts a form with what the sandbox knows of what must be given, when it can be taken in at a glance', async () => {
    const plan = await planOf([rest({ get: { method: 'GET', call: 'api.read' } })])
    expect(pageOf(plan, { examples: { id: 'o-1' } })).toContain("curl 'http://127.0.0.1:8080/orders/o-1'")
    expect(pageOf(plan, { examples: { id: 'x'.repeat(3000) } })).not.toContain('xxxx')
  })

  it('has a heading for each group where there are many operations in few groups, and a filter', async () => {
    const operations = (from: number) =>
      Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`flow-${from + i}`, flow('read')]))
    const all = { ...operations(0), ...operations(6) }
    const tools = Object.fromEntries(Object.keys(all).map((name) => [name, { ref: `orders.${name}` }]))
    const plan = await planOf([rest({ get: { method: 'GET', ref: 'orders.flow-0' } }), mcp(tools)], all)
    const text = pageOf(plan)
    expect(text).toContain('Filter 12 operations')
    expect(text.match(/<div class="group">/g)).toHaveLength(1)
    expect(new Set(text.match(/ id="[^"]*"/g)).size).toBe(text.match(/ id="[^"]*"/g)?.length)
  })

  it('is the same text for the same plan', async () => {
    const plan = await planOf([rest({ get: { method: 'GET', call: 'api.read' } })])
    expect(pageOf(plan)).toBe(pageOf(plan))
  })
})
