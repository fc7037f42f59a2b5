import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CapabilityError, formatDiagnostic, load, serve, validate } from '../../src/index.ts'
import { open } from '../../src/open.ts'
import { importLimits } from '../../src/spec/import-sources.ts'
import { writeCapability } from '../support/serve.ts'

type Raw = Record<string, unknown>

const format = { ikanos: '1.0.0-beta5' }
const control = { type: 'control', namespace: 'control', port: 0 }
const api = (namespace: string, more: Raw = {}) => ({
  type: 'http',
  namespace,
  baseUri: `https://${namespace}.example.com`,
  resources: {
    r: { path: '/r/{{id}}', operations: { get: { method: 'GET', inputParameters: { id: { in: 'path' } } } } },
  },
  ...more,
})
const get = { description: 'Reads.', inputParameters: { id: { type: 'string' } } }
const tools = (...calls: readonly string[]) => ({
  type: 'mcp',
  namespace: 'tools',
  port: 0,
  tools: Object.fromEntries(calls.map((call, i) => [`t${i}`, { ...get, call }])),
})

/** Writes a capability that imports, with what it imports from. */
function write(consumes: readonly object[], calls: readonly string[], files: Readonly<Record<string, unknown>> = {}) {
  return writeWhole({ ...format, capability: { consumes, exposes: [tools(...calls)] } }, files)
}

function writeWhole(capability: object, files: Readonly<Record<string, unknown>>) {
  const texts = Object.entries(files).map(([path, file]) => [path, asText(file)] as const)
  return writeCapability(capability, { files: Object.fromEntries(texts) })
}

const asText = (file: unknown) => (typeof file === 'string' ? file : JSON.stringify(file, null, 2))

async function told(file: string): Promise<readonly string[]> {
  const { diagnostics } = await validate(file)
  return diagnostics.map((d) => `${d.location.file.split('/').at(-1)}:${d.location.line} ${d.code}: ${d.message}`)
}

const addressesOf = async (file: string) =>
  Object.fromEntries(
    (await load(file)).plan.upstreams.map((u) => [u.namespace, (u.baseUri as { value: string }).value]),
  )

describe('An import', () => {
  test('is followed from a text whose file is not there', async () => {
    const consumes = [{ import: 'shop', from: './shared/shop.yml' }]
    const file = await write(consumes, ['shop.get'], { 'shared/shop.yml': { ...format, consumes: [api('shop')] } })
    const text = readFileSync(file, 'utf8')
    const { loaded, diagnostics } = await validate(join(dirname(file), 'gone.yml'), { text })
    expect(diagnostics).toEqual([])
    expect(loaded?.plan.upstreams.map(({ namespace }) => namespace)).toEqual(['shop'])
  })

  test.each([
    ['a path', { from: './shared/shop.yml' }],
    ['a path without a dot', { from: 'shared/shop.yml' }],
    ['a path that leads up and down', { from: './shared/../shared/shop.yml' }],
    ['a relative file: URI of three slashes', { from: 'file:///./shared/shop.yml' }],
    ['a relative file: URI of two slashes', { from: 'file://./shared/shop.yml' }],
    ['the older key "location"', { location: './shared/shop.yml' }],
  ])('is found by %s', async (_, where) => {
    const file = await write([{ import: 'shop', ...where }], ['shop.get'], {
      'shared/shop.yml': { ...format, consumes: [api('shop')] },
    })
    expect(await addressesOf(file)).toEqual({ shop: 'https://shop.example.com' })
  })

  test('is found by an absolute path and by an absolute file: URI', async () => {
    const source = await writeWhole({ ...format, consumes: [api('shop'), api('stock')] }, {})
    const entries = [
      { import: 'shop', from: source },
      { import: 'stock', from: `file://${source}` },
    ]
    const file = await write(entries, ['shop.get', 'stock.get'])
    expect(Object.keys(await addressesOf(file))).toEqual(['shop', 'stock'])
  })

  test('may be from the same file, under another name', async () => {
    const file = await write([api('shop'), { import: 'shop', from: './case.ikanos.yml', as: 'twin' }], ['twin.get'])
    expect(await addressesOf(file)).toEqual({ shop: 'https://shop.example.com', twin: 'https://shop.example.com' })
  })

  test('of the same file without another name is a cycle', async () => {
    const file = await write([{ import: 'shop', from: './case.ikanos.yml' }], ['shop.get'])
    expect(await told(file)).toEqual([
      'case.ikanos.yml:6 import-cycle: this import leads back to itself: "shop" of case.ikanos.yml → "shop" of case.ikanos.yml',
    ])
  })

  test('stands for the entry itself rather than for an import of that name', async () => {
    const file = await write([{ import: 'shop', from: './a.yml' }], ['shop.get'], {
      'a.yml': { ...format, consumes: [{ import: 'stock', from: './b.yml', as: 'shop' }, api('shop')] },
    })
    expect(await addressesOf(file)).toEqual({ shop: 'https://shop.example.com' })
  })

  test('without "from" is told, and "from" without an import too', async () => {
    expect(await told(await write([{ import: 'shop' }], ['shop.get']))).toEqual([
      'case.ikanos.yml:5 missing-key: missing key "from"',
    ])
    expect(await told(await write([{ from: './shop.yml' }], ['shop.get']))).toEqual([
      'case.ikanos.yml:5 missing-key: missing key "import"',
    ])
  })

  test('takes the entries of the older dialect, whose collections are lists', async () => {
    const older = {
      ...api('shop'),
      resources: [{ name: 'r', path: '/r', operations: [{ name: 'get', method: 'GET' }] }],
    }
    const file = await write([{ import: 'shop', from: './older.yml' }], ['shop.get'], {
      'older.yml': { naftiko: '1.0.0-alpha2', capability: { consumes: [older], exposes: [control] } },
    })
    const { diagnostics } = await validate(file)
    expect(diagnostics.map((d) => d.code)).toEqual(['unused-parameter'])
  })

  test('may stand in a capability of the older dialect', async () => {
    const file = await writeWhole(
      {
        naftiko: '1.0.0-alpha2',
        capability: {
          consumes: [{ import: 'shop', location: './shop.yml' }],
          exposes: [{ ...tools(), tools: [{ name: 't', description: 'T.', call: 'shop.get', with: { id: 7 } }] }],
        },
      },
      { 'shop.yml': { ...format, consumes: [api('shop')] } },
    )
    expect(await addressesOf(file)).toEqual({ shop: 'https://shop.example.com' })
  })

  test('replaces an entry of a map, whose key it discards', async () => {
    const flows = {
      namespace: 'flows',
      flows: { f: { description: 'F.', outputParameters: { a: { type: 'number', value: 1 } } } },
    }
    const file = await writeWhole(
      {
        ...format,
        capability: { aggregates: { any: { import: 'flows', from: './f.yml', as: 'g' } }, exposes: [control] },
      },
      { 'f.yml': { ...format, aggregates: [flows] } },
    )
    expect((await load(file)).plan.operations.map((o) => o.name)).toEqual(['g.f'])
  })
})

describe('A file that can not be imported from', () => {
  const from = (path: string) => write([{ import: 'shop', from: path }], ['shop.get'])

  test('is a folder', async () => {
    expect(await told(await from('.'))).toEqual([
      `case.ikanos.yml:7 bad-import: can't import from ".": it is no regular file`,
    ])
  })

  test.skipIf(process.platform === 'win32')('is a pipe or a device, also behind a link', async () => {
    const file = await write(
      [
        { import: 'shop', from: './pipe' },
        { import: 'stock', from: './link.yml' },
      ],
      ['shop.get', 'stock.get'],
    )
    execFileSync('mkfifo', [join(dirname(file), 'pipe')])
    await symlink('/dev/zero', join(dirname(file), 'link.yml'))
    expect((await told(file)).map((t) => t.replace(/.*: /, ''))).toEqual([
      'it is no regular file',
      'it is no regular file',
    ])
  })

  test('is somewhere else', async () => {
    for (const url of ['https://example.com/shop.yml', 'vault://shop', 'file://host/shop.yml'])
      expect(await told(await from(url))).toEqual([
        `case.ikanos.yml:7 bad-import: can't import from "${url}": only files can be imported from`,
      ])
  })

  test('is no capability, which is told without a line of it', async () => {
    const file = await write([{ import: 'shop', from: './secrets.yml' }], ['shop.get'], {
      'secrets.yml': 'shop-token: top-secret\n',
    })
    const { diagnostics } = await validate(file)
    const text = diagnostics.map(formatDiagnostic).join('\n')
    expect(text).toContain('its keys are shop-token')
    expect(text).not.toContain('top-secret')
  })

  test('is at the end of a chain that is too long', async () => {
    const files = Object.fromEntries(
      Array.from({ length: importLimits.depth + 1 }, (_, i) => [
        `s${i}.yml`,
        { ...format, consumes: [{ import: 'shop', from: `./s${i + 1}.yml` }] },
      ]),
    )
    const found = await told(await write([{ import: 'shop', from: './s0.yml' }], ['shop.get'], files))
    expect(found).toEqual([expect.stringMatching(/^s19\.yml:6 bad-import: .*imports lead on more than 20 times$/)])
  })

  test('is one of too many', async () => {
    const names = Array.from({ length: importLimits.files + 1 }, (_, i) => `n${i}`)
    const file = await write(
      names.map((name) => ({ import: name, from: `./${name}.yml` })),
      names.map((name) => `${name}.get`),
      Object.fromEntries(names.map((name) => [`${name}.yml`, { ...format, consumes: [api(name)] }])),
    )
    expect(await told(file)).toEqual([expect.stringContaining('there are more than 100 other files')])
  })
})

describe('A fault in an imported file', () => {
  test('is told there, by the rules of the main file, with the lines of that file', async () => {
    const file = await write([{ import: 'shop', from: './shared/shop.yml' }], ['shop.get'], {
      'shared/shop.yml': { ...format, consumes: [{ ...api('shop'), bseUri: 'x' }] },
    })
    const { diagnostics } = await validate(file)
    expect(diagnostics.map((d) => [d.code, d.location.file.endsWith('shared/shop.yml')])).toEqual([
      ['unknown-key', true],
    ])
    expect(diagnostics[0]?.frame).toContain('"bseUri": "x"')
  })

  test('is told there when the text is no YAML', async () => {
    const file = await write([{ import: 'shop', from: './shop.yml' }], ['shop.get'], { 'shop.yml': 'ikanos: [\n' })
    expect(await told(file)).toEqual([expect.stringMatching(/^shop\.yml:\d+ yaml-syntax/)])
  })

  test('is told there when only compiling finds it, and in the importing file where that is at fault', async () => {
    const wrong = api('shop', { inputParameters: { v: { in: 'query', value: '{{NOWHERE}}' } } })
    const file = await write([{ import: 'shop', from: './shop.yml', as: 'store' }], ['store.get', 'shop.get'], {
      'shop.yml': { ...format, consumes: [wrong] },
    })
    expect(await told(file)).toEqual([
      expect.stringMatching(/^case\.ikanos\.yml:\d+ unknown-namespace: nothing has the namespace "shop"$/),
      expect.stringMatching(/^shop\.yml:\d+ unknown-parameter: nothing is called "NOWHERE" here$/),
    ])
  })

  test('is told once, however often it is imported', async () => {
    const entries = ['a', 'b', 'c'].map((as) => ({ import: 'shop', from: './shop.yml', as }))
    const file = await write(entries, ['a.get', 'b.get', 'c.get'], {
      'shop.yml': { ...format, consumes: [api('shop', { baseUri: 'ftp://shop.example.com' })] },
    })
    expect(await told(file)).toEqual([expect.stringMatching(/^shop\.yml:\d+ bad-address/)])
  })

  test('is told there for a keyword that is not run yet', async () => {
    const file = await write([{ import: 'shop', from: './shop.yml' }], ['shop.get'], {
      'shop.yml': { ...format, consumes: [api('stock', { tunnel: {} }), api('shop', { tunnel: {} })] },
    })
    expect(await told(file)).toEqual([
      expect.stringMatching(/^shop\.yml:\d+ unsupported: "tunnel" is not supported yet$/),
    ])
  })

  test('is told there for a bind without a value', async () => {
    const file = await writeWhole(
      { ...format, binds: [{ import: 'keys', from: './k/keys.yml' }], capability: { exposes: [control] } },
      {
        'k/keys.yml': { ...format, binds: [{ namespace: 'keys', location: 'file:///./.env', keys: { KEY: 'key' } }] },
        'k/.env': 'key=\n',
      },
    )
    const opening = open(await load(file), { environment: {} })
    const error = await opening.catch((e: unknown) => e)
    expect(error).toBeInstanceOf(CapabilityError)
    const [first] = (error as CapabilityError).diagnostics
    expect([first?.code, first?.location.file.split('/').at(-1)]).toEqual(['unbound', 'keys.yml'])
    expect(first?.message).toBe('file:///./k/.env has no value for "key"')
  })
})

describe('What published files mean', () => {
  const older = (sections: object) => ({ naftiko: '1.0.0-alpha2', ...sections })
  const spoken = {
    ...api('shop_api', { auth: { type: 'apiKey', name: 'X-Key', in: 'header', value: '{{KEY}}' } }),
    resources: [{ name: 'r', path: '/r/{id}', operations: [{ id: 'get', method: 'get' }] }],
  }
  const warnings = ['auth', 'apiKey', 'id', 'shop_api']
  const main = (sections: object) =>
    writeWhole(
      older({
        binds: [{ namespace: 'env', keys: { KEY: 'KEY' } }],
        capability: {
          consumes: [{ import: 'shop_api', location: './shop.yml' }],
          exposes: [
            {
              type: 'mcp',
              namespace: 'tools',
              port: 0,
              tools: [{ name: 't', description: 'Reads.', call: 'shop_api.get' }],
            },
          ],
        },
      }),
      { 'shop.yml': older(sections) },
    )

  test.each([
    ['under "capability"', { capability: { consumes: [spoken] } }],
    ['at its root', { consumes: [spoken] }],
  ])('is understood in an imported file too, %s, and told there', async (_, sections) => {
    const { loaded, diagnostics } = await validate(await main(sections))
    expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([])
    expect(loaded?.plan.upstreams).toMatchObject([
      { namespace: 'shop-api', authentication: { type: 'apikey', key: { value: 'X-Key' }, placement: 'header' } },
    ])
    expect(loaded?.plan.operations[0]).toMatchObject({
      run: { request: { upstream: 'shop-api', method: 'GET', operation: 'get' } },
    })
    const read = diagnostics.filter((d) => d.code === 'read-as')
    const placesIn = (name: string) => read.filter((d) => d.location.file.endsWith(name)).map((d) => d.message)
    expect(placesIn('shop.yml').map((message) => message.split(' is read')[0])).toEqual(
      expect.arrayContaining(warnings),
    )
    expect(placesIn('case.ikanos.yml')).toEqual(['shop_api is read as shop-api'])
  })
})

describe('Two entries of one name', () => {
  test('are told with both places in the file that imports them', async () => {
    const entries = [
      { import: 'shop', from: './a.yml' },
      { import: 'shop', from: './b.yml' },
    ]
    const source = { ...format, consumes: [api('shop')] }
    const { diagnostics } = await validate(await write(entries, ['shop.get'], { 'a.yml': source, 'b.yml': source }))
    expect(diagnostics.map((d) => [d.code, d.message, d.hint, d.location.line])).toEqual([
      ['duplicate-name', 'two consumed APIs are called "shop"', 'the first one is in line 5; rename one', 9],
    ])
  })

  test('are told with both files where the parts of one are meant', async () => {
    const flow = { description: 'F.', outputParameters: { a: { type: 'number', value: 1 } } }
    const file = await writeWhole(
      {
        ...format,
        capability: {
          aggregates: [
            { namespace: 'x', flows: { f: flow } },
            { import: 'y', from: './y.yml', as: 'x' },
          ],
          exposes: [control],
        },
      },
      { 'y.yml': { ...format, aggregates: [{ namespace: 'y', flows: { f: flow } }] } },
    )
    expect((await validate(file)).diagnostics.map((d) => d.code)).toEqual(['duplicate-name'])
  })
})

describe('An imported entry under another name', () => {
  const mock = { outputParameters: { said: { type: 'string', value: '{{it.word}}' } } }
  const files = {
    'it.yml': {
      ...format,
      binds: [{ namespace: 'env', keys: { GATE: 'GATE' } }],
      capability: {
        binds: [{ namespace: 'own', keys: { KEY: 'KEY' } }],
        aggregates: [
          {
            namespace: 'it',
            flows: {
              say: {
                description: 'Says {{it.word}}.',
                inputParameters: { word: { type: 'string', required: false } },
                ...mock,
              },
            },
          },
        ],
        exposes: [
          {
            ...tools(),
            namespace: 'it-tools',
            tools: {
              say: { ref: 'it.say' },
              hear: { ref: 'it.say', with: { word: 'it-tools.ear' }, inputParameters: { ear: { type: 'string' } } },
            },
            resources: { g: { description: 'G.', uri: 'it://g', location: 'file:///./s' } },
            prompts: {
              ask: {
                description: 'Asks.',
                arguments: { 'env.word': { description: 'Said.' } },
                template: [{ role: 'user', content: '{{env.word}}?' }],
              },
              tell: { description: 'Tells.', location: 'file:///./s/tell.md' },
            },
          },
          {
            type: 'skill',
            namespace: 'it-skills',
            port: 0,
            skills: {
              s: {
                description: 'S.',
                location: 'file:///./s',
                tools: { say: { description: 'Says.', from: { sourceNamespace: 'it-tools', action: 'say' } } },
              },
            },
          },
        ],
      },
    },
  }
  const whole = (at: string) => ({
    ...format,
    binds: [{ import: 'env', from: at, as: 'other-env' }],
    capability: {
      binds: [{ import: 'env', from: at, as: 'more' }],
      aggregates: [{ import: 'it', from: at, as: 'that' }],
      exposes: [
        { import: 'it-tools', from: at, as: 'those' },
        { import: 'it-skills', from: at, as: 'arts' },
      ],
    },
  })

  test('keeps what its flows, tools and skills refer to', async () => {
    const file = await writeWhole(whole('./d/it.yml'), {
      'd/it.yml': files['it.yml'],
      'd/s/SKILL.md': '---\nname: s\ndescription: S.\n---\n',
      'd/s/tell.md': 'Tell.',
    })
    const { plan, diagnostics } = await load(file)
    expect(diagnostics).toEqual([])
    expect(plan.operations.map((o) => o.name)).toEqual(['that.say', 'those.hear'])
    expect(plan.operations[0]?.input.schema).not.toHaveProperty('required')
    expect(plan.operations[0]?.description).toBe('Says {{it.word}}.')
    expect(plan.surfaces.map((s) => s.namespace)).toEqual(['those', 'arts'])
    const [offers, skills] = plan.surfaces
    expect(offers).toMatchObject({
      resources: [{ location: 'file:///./d/s' }],
      prompts: [{ messages: [{ parts: [{ argument: 'env.word' }, '?'] }] }, { messages: [{ parts: ['Tell.'] }] }],
    })
    expect(skills).toMatchObject({
      skills: [{ location: 'file:///./d/s', tools: [{ targetNamespace: 'those', action: 'say' }] }],
    })
  })
})

describe('A document that only holds sections', () => {
  const sources = {
    consumes: [api('shop')],
    aggregates: [{ namespace: 'f', flows: { f: { ...get, call: 'elsewhere.get' } } }],
    exposes: [tools('elsewhere.get')],
    binds: [{ namespace: 'env', keys: { KEY: 'KEY' } }],
  }

  test.each(Object.entries(sources))('(%s) is valid', async (section, entries) => {
    const { diagnostics, loaded, standalone } = await validate(await writeWhole({ ...format, [section]: entries }, {}))
    expect([diagnostics, loaded, standalone]).toEqual([[], undefined, [section]])
  })

  test('is told its faults like any other', async () => {
    const file = await writeWhole(
      { ...format, consumes: [{ import: 'a', from: './b.yml' }, api('c', { tunnel: {} })] },
      {},
    )
    expect(await told(file)).toEqual(['case.ikanos.yml:6 import-not-found: there is no file "b.yml" to import from'])
    const other = await writeWhole({ ...format, consumes: [api('c', { tunnel: {} })] }, {})
    expect(await told(other)).toEqual([expect.stringMatching(/:\d+ unsupported: "tunnel"/)])
  })

  test('can not be served by itself, which is said in one sentence', async () => {
    const file = await writeWhole({ ...format, consumes: [api('shop')] }, {})
    await expect(serve(file)).rejects.toThrow(
      /case\.ikanos\.yml only holds "consumes": a capability can import it, but it can't run by itself$/,
    )
  })
})

// The law of imports: to import an entry is to write it down.

const plans = fileURLToPath(new URL('../plans', import.meta.url))
const soil = readdirSync(plans).map((name) => {
  const read = (file: string) => readFileSync(join(plans, name, file), 'utf8')
  const companion = readdirSync(join(plans, name)).includes('capability.runtime.yml')
  return {
    name,
    root: parse(read('capability.yaml'), { merge: true }) as Raw,
    companion: companion ? read('capability.runtime.yml') : undefined,
    beside: besideOf(join(plans, name)),
  }
})

/** What stands in the folders of a case, by path. */
function besideOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((file) => file.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => dirname(path) !== folder)
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]))
}

interface Move {
  readonly moved: boolean
  readonly folder: string
  readonly hops: number
  readonly key: 'from' | 'location'
  readonly uri: boolean
}

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    moved: fc.boolean(),
    folder: fc.constantFrom('', 'parts', 'a/b', 'parts/deep'),
    hops: fc.nat(2),
    key: fc.constantFrom('from' as const, 'location' as const),
    uri: fc.boolean(),
  }),
  { minLength: 12, maxLength: 12 },
)

/** The capability with its entries moved to files of their own, as often over other files as a move says. */
function split(root: Raw, ways: readonly Move[]) {
  const files: Record<string, string> = {}
  let n = 0
  const { capability, binds, ...rest } = structuredClone(root) as { capability: Raw; binds?: unknown }
  const out = (section: string, entry: Raw): Raw => {
    const way = ways[n++ % ways.length] as Move
    const name = String(entry.namespace ?? entry.type)
    if (!way.moved) return entry
    const home = posix.join(way.folder, `${section}-${n}.yml`)
    files[home] = JSON.stringify({ ...format, [section]: [relocated(entry, way.folder)] })
    let link = { path: home, name }
    for (let hop = 0; hop < way.hops; hop++) {
      const path = posix.join(way.folder, `hop-${n}-${hop}.yml`)
      files[path] = JSON.stringify({
        ...format,
        [section]: [importOf(link.name, posix.relative(way.folder, link.path), way, `hop-${hop}`)],
      })
      link = { path, name: `hop-${hop}` }
    }
    return importOf(link.name, link.path, way, link.name === name ? undefined : name)
  }
  const sectionsOf = (of: Raw) =>
    Object.fromEntries(
      Object.entries(of).map(([section, entries]) => [section, (entries as Raw[]).map((e) => out(section, e))]),
    )
  const moved = { ...rest, ...(binds === undefined ? {} : sectionsOf({ binds })), capability: sectionsOf(capability) }
  return { moved, files }
}

function importOf(name: string, path: string, { key, uri }: Move, as: string | undefined) {
  return { import: name, [key]: uri ? `file:///./${path}` : path, ...(as === undefined ? {} : { as }) }
}

/** Relative `file:` URIs belong to the file that holds them. */
function relocated(entry: Raw, folder: string): Raw {
  const text = JSON.stringify(entry).replace(/file:\/\/\/\.\/([^"]*)/g, (_, path: string) =>
    folder === '' ? `file:///./${path}` : `file:///${posix.relative(folder, path)}`,
  )
  return JSON.parse(text)
}

describe('Importing an entry', () => {
  test.each(soil)('is the same as writing it down ($name)', async ({ root, companion, beside }) => {
    await fc.assert(
      fc.asyncProperty(moves, async (ways) => {
        const { moved, files } = split(root, ways)
        const planOf = async (capability: object, others: Readonly<Record<string, string>>) =>
          JSON.stringify(
            (await load(await writeCapability(capability, { companion, files: { ...beside, ...others } }))).plan,
          )
        expect(await planOf(moved, files)).toBe(await planOf(root, {}))
      }),
      { numRuns: 8 },
    )
  })
})
