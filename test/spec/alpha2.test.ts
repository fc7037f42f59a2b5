import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse, parseDocument, visit } from 'yaml'
import { type LoadedCapability, load, validate } from '../../src/load.ts'
import type { Plan } from '../../src/plan.ts'
import { companionOf, stemOf } from '../../src/spec/companion.ts'
import { convert } from '../../src/spec/convert.ts'

const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url))
const schemaFile = join(shared, 'schemas/naftiko-1.0.0-alpha2.json')
const tutorial = join(shared, 'tutorial')
const capabilities = fileURLToPath(new URL('../../capabilities/', import.meta.url))

for (const needed of [schemaFile, tutorial]) {
  if (!existsSync(needed)) console.log(`skipped: what needs ${needed}, which is not there`)
}

/** Everything the older form knows, and some of what it does not. */
const shop = `
ikanos: 1.0.0-beta5
info:
  display: Shop
  description: Orders of a shop.
  version: 2.0.0
  tags: [Shop, "no", "2026-01-31"]
  created: "2026-01-31"
  modified: "2026-02-01"
binds:
  - namespace: env
    location: file:///./secrets.yaml
    keys: { SHOP_KEY: shop-key, CALLER: caller }
capability:
  consumes:
    - type: http
      namespace: shop
      baseUri: https://shop.test/api
      description: The shop.
      authentication: { type: apikey, key: X-Key, value: "{{SHOP_KEY}}", placement: header }
      inputParameters:
        Version: { in: header, value: "2" }
      resources:
        orders:
          path: /orders
          inputParameters:
            region: { in: query, value: eu }
          operations:
            list-orders: { method: GET, description: Lists., inputParameters: { state: { in: query } } }
            add-order: { method: POST, body: { type: json, data: &data { customer: "{{customer}}", lines: "{{lines}}" } } }
            set-order: { method: PUT, body: { type: json, data: *data } }
        order:
          path: /orders/{{id}}
          operations:
            get-order: { method: GET, inputParameters: { id: { in: path } } }
            drop-order: { method: DELETE, inputParameters: { id: { in: path } } }
  aggregates:
    - display: Orders
      namespace: orders
      flows:
        list:
          description: Lists orders, e.g. the open ones. Read only.
          semantics: { safe: true, idempotent: true }
          inputParameters:
            state: { type: string, description: "State: open or closed.", required: false }
          call: shop.list-orders
          outputParameters:
            - type: array
              mapping: $.orders
              items:
                type: object
                properties:
                  id: { type: string, mapping: $.id }
                  lines: { type: array, mapping: $.lines, items: { type: object, properties: {} } }
                  shop: { type: string, value: main }
        add:
          description: Adds an order.
          tags: [Writing]
          semantics: { safe: false, idempotent: false }
          inputParameters:
            customer: { type: string, description: Who orders. }
            lines: { type: array, description: What is ordered. }
          call: shop.add-order
        drop:
          description: Drops an order.
          inputParameters:
            id: { type: string, description: Id of the order. }
          call: shop.drop-order
        hello:
          description: Says hello.
          inputParameters:
            name: { type: string, description: Whom to greet. }
          outputParameters:
            greeting: { type: string, value: "Hello {{name}}" }
            loud: { type: string, value: "yes" }
  exposes:
    - type: rest
      namespace: shop-rest
      port: 8080
      authentication: { type: bearer, token: "{{CALLER}}" }
      resources:
        orders:
          path: /orders
          description: All orders.
          operations:
            list: { method: GET, ref: orders.list }
            add: { method: POST, display: Add, description: Adds one. Says which., ref: orders.add }
        order:
          path: /orders/{{id}}
          inputParameters:
            id: { in: path, type: string, description: Id., pattern: "^[0-9]+$" }
          operations:
            get:
              method: GET
              description: Gets one.
              call: shop.get-order
              with: { id: shop-rest.id }
              outputParameters:
                - { type: object, mapping: $., properties: {} }
            drop: { method: DELETE, ref: orders.drop }
    - type: mcp
      namespace: shop-mcp
      transport: http
      address: 127.0.0.1
      port: 9090
      description: Orders for agents.
      ttlMs: 5000
      cacheScope: public
      tools:
        list: { ref: orders.list }
        open: { display: Open orders, description: Lists open orders., ref: orders.list, with: { state: open } }
        add: { ref: orders.add, hints: { destructive: false, openWorld: true } }
        drop: { ref: orders.drop }
        get:
          description: Gets one order.
          inputParameters:
            id: { type: string, description: Id of the order. }
          call: shop.get-order
          with: { id: shop-mcp.id }
    - type: mcp
      namespace: shop-stdio
      transport: stdio
      tools:
        hello: { ref: orders.hello }
    - type: skill
      namespace: shop-skill
      port: 9091
      description: Skills.
      skills:
        take-orders:
          description: Takes orders.
          license: MIT
          metadata: { version: "1" }
          allowed-tools: Read
          user-invocable: false
          location: file:///./skills/take-orders
          tools:
            add: { description: Add one., from: { sourceNamespace: shop-mcp, action: add } }
            guide: { description: Read first., instruction: guide.md }
    - type: control
      address: 127.0.0.1
      port: 9092
      management: { health: true, info: true }
`

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'alpha2-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

async function loadShop(text = shop): Promise<LoadedCapability> {
  const file = join(await temporary(), 'shop.ikanos.yml')
  await writeFile(file, text)
  return load(file)
}

/** What `generate` writes for catalogs, without its first comment. */
function alpha2Of({ file }: LoadedCapability): string {
  return convert(readFileSync(file, 'utf8'), 'alpha2', { inherit: true }).text
}

/** The capability written in the older form, beside a copy of its companion, and loaded again. */
async function roundTrip(capability: LoadedCapability): Promise<LoadedCapability> {
  const { file } = capability
  const directory = await temporary()
  const companion = companionOf(file)
  if (companion !== undefined) await copyFile(companion, join(directory, basename(companion)))
  const written = join(directory, `${stemOf(file)}.yaml`)
  await writeFile(written, alpha2Of(capability))
  const scripts = join(dirname(file), 'scripts')
  if (existsSync(scripts)) await cp(scripts, join(directory, 'scripts'), { recursive: true })
  return load(written)
}

/** A plan as text, without what the older form can't say or says in full. */
function comparable({ capability, ...plan }: Plan): string {
  const surfaces = plan.surfaces.map((surface) => {
    if (surface.type === 'rest') return { ...surface, routes: surface.routes.map(({ description, ...rest }) => rest) }
    if (surface.type !== 'mcp') return surface
    const { ttlMs, cacheScope, tools, ...rest } = surface
    return { ...rest, tools: tools.map(({ description, ...tool }) => tool) }
  })
  const { format, version, ...info } = capability
  return JSON.stringify({ info, ...plan, surfaces }, null, 1)
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into a document whose shape is what they check
type Written = any

/** What the APIs.io builder reads from a file: lists, `name` in each item, nothing resolved. */
function extract(written: Written) {
  const exposes: readonly Written[] = written.capability.exposes
  const operations = exposes
    .filter((e) => e.type !== 'mcp')
    .flatMap((e) => e.resources ?? [])
    .flatMap((r: Written) => r.operations.map((o: Written) => [o.name, o.method, r.path, o.description]))
  const tools = exposes
    .filter((e) => e.type === 'mcp')
    .flatMap((e) => e.tools)
    .map((t: Written) => [t.name, t.description, t.hints])
  return { title: written.info.label, operations, tools }
}

/** The first steps of the tutorial: the ones of the language that are run so far. */
const steps = existsSync(tutorial) ? readdirSync(tutorial).filter((name) => /^step-[1-4]-/.test(name)) : []

describe('A capability written in the older form', () => {
  test('compiles to the same plan', async () => {
    const original = await loadShop()
    const again = await roundTrip(original)
    expect(again.plan.capability.format).toBe('naftiko 1.0.0-alpha2')
    expect(again.diagnostics).toEqual(
      original.diagnostics.map((d) => ({ ...d, frame: expect.anything(), location: expect.anything() })),
    )
    expect(comparable(again.plan)).toBe(comparable(original.plan))
  })

  test.each(steps)('compiles to the same plan: tutorial %s', async (name) => {
    const original = await load(join(tutorial, name))
    expect(comparable((await roundTrip(original)).plan)).toBe(comparable(original.plan))
  })

  test('is the same text when it is written from its own older form', async () => {
    const original = await loadShop()
    const again = await roundTrip(original)
    const named = alpha2Of(original)
    expect(alpha2Of(again)).toBe(named)
  })

  test('leaves out what the older form does not know', async () => {
    const text = alpha2Of(await loadShop())
    for (const key of ['version: 2.0.0', 'ttlMs', 'cacheScope', 'display', 'flows', 'Writing'])
      expect(text).not.toContain(key)
  })

  test('repeats what the source shares by an anchor', async () => {
    const anchors: unknown[] = []
    visit(parseDocument(alpha2Of(await loadShop())), {
      Alias: (_, node) => void anchors.push(node.source),
      Node: (_, node) => void ('anchor' in node && node.anchor !== undefined && anchors.push(node.anchor)),
    })
    expect(anchors).toEqual([])
    expect(shop).toContain('*data')
  })

  test('reads the same in YAML 1.1, which catalogs still use', async () => {
    const text = alpha2Of(await loadShop())
    expect(parse(text, { version: '1.1' })).toEqual(parse(text))
  })
})

describe('What the APIs.io builder reads', () => {
  test('is the first sentence of a flow at an operation, all of it at a tool', async () => {
    const { title, operations, tools } = extract(parse(alpha2Of(await loadShop())))
    expect(title).toBe('Shop')
    expect(operations).toEqual([
      ['list', 'GET', '/orders', 'Lists orders, e.g. the open ones.'],
      ['add', 'POST', '/orders', 'Adds one. Says which.'],
      ['get', 'GET', '/orders/{{id}}', 'Gets one.'],
      ['drop', 'DELETE', '/orders/{{id}}', 'Drops an order.'],
    ])
    const readOnly = { readOnly: true, destructive: false, idempotent: true }
    expect(tools).toEqual([
      ['list', 'Lists orders, e.g. the open ones. Read only.', readOnly],
      ['open', 'Lists open orders.', readOnly],
      ['add', 'Adds an order.', { readOnly: false, destructive: false, idempotent: false, openWorld: true }],
      ['drop', 'Drops an order.', undefined],
      ['get', 'Gets one order.', undefined],
      ['hello', 'Says hello.', undefined],
    ])
  })
})

describe.skipIf(!existsSync(schemaFile))('The schema of the older form', () => {
  let errorsOf: (text: string) => unknown

  beforeAll(async () => {
    const ajv = new Ajv2020({ strict: false, formats: { uri: true } })
    const valid = ajv.compile(JSON.parse(await readFile(schemaFile, 'utf8')))
    errorsOf = (text) => (valid(parse(text)) ? [] : valid.errors)
  })

  test('accepts everything written', async () => {
    expect(errorsOf(alpha2Of(await loadShop()))).toEqual([])
  })

  test.each(steps)('accepts tutorial %s', async (name) => {
    expect(errorsOf(alpha2Of(await load(join(tutorial, name))))).toEqual([])
  })

  test('refuses a key it does not know, so that accepting means something', async () => {
    const text = alpha2Of(await loadShop())
    expect(errorsOf(text.replace('label: Shop', 'display: Shop'))).not.toEqual([])
  })

  test('accepts the capabilities of this project', async () => {
    for (const capability of await own()) expect(errorsOf(alpha2Of(capability))).toEqual([])
  })
})

async function own(): Promise<readonly LoadedCapability[]> {
  const names = (await readdir(capabilities)).filter((name) => name.endsWith('.ikanos.yml'))
  const loaded = await Promise.all(names.map((name) => validate(join(capabilities, name))))
  return loaded.flatMap((v) => v.loaded ?? [])
}

describe('The capabilities of this project', () => {
  test('compile to the same plan from the older form', async () => {
    for (const capability of await own()) {
      expect(comparable((await roundTrip(capability)).plan)).toBe(comparable(capability.plan))
    }
  })

  test('stay under the 32 KB that APIs.io shows of a file', async () => {
    for (const capability of await own()) expect(Buffer.byteLength(alpha2Of(capability))).toBeLessThan(32_000)
  })

  test('give the builder a name, a method and a description of everything', async () => {
    for (const capability of await own()) {
      const { title, operations, tools } = extract(parse(alpha2Of(capability)))
      expect(title).toBe(capability.document.info.display)
      expect(operations.length).toBeGreaterThan(0)
      expect(operations.flat().every((field: unknown) => typeof field === 'string' && field !== '')).toBe(true)
      expect(tools.every(([name, description, hints]) => name && description && hints)).toBe(true)
    }
  })
})
