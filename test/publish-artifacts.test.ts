/** Artifacts of the published folder beside descriptions and workflows, each by what it is for. */

import { readFile } from 'node:fs/promises'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import jsonld from 'jsonld'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { bundledCapability, packageInfo } from '../src/index.ts'
import { ensureBuilt, program } from './support/cli.ts'
import { type Document, type Folder, operations, published, slug, text } from './support/published.ts'

let files: Folder

beforeAll(async () => {
  files = await published()
}, 20_000)

describe('The other artifacts', () => {
  test('are the tools that the program serves', async () => {
    const { tools } = parse(await text(`mcp/${slug}-mcp.yml`))
    ensureBuilt()
    const client = new Client({ name: 'probe', version: '1.0.0' })
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [program, 'mcp', '--sandbox'], stderr: 'ignore' }),
    )
    onTestFinished(() => client.close())
    const served = (await client.listTools()).tools.map(({ name, description }) => ({ name, description }))
    expect(tools.map(({ name, description }: Document) => ({ name, description }))).toEqual(served)
  })

  test('describe the server as the package that is installed', async () => {
    const entry = JSON.parse(await text('mcp/server.json'))
    const { name, version } = packageInfo()
    expect(entry.version).toBe(version)
    expect(entry.packages).toEqual([
      expect.objectContaining({ identifier: name, version, transport: { type: 'stdio' } }),
    ])
  })

  test('are JSON Schemas that their examples fit', async () => {
    const ajv = new Ajv2020({ strict: false })
    addFormats.default(ajv)
    const { examples } = parse(await readFile(bundledCapability().replace('.ikanos.yml', '.publish.yml'), 'utf8'))
    const schemas = [...files].filter(([path]) => path.startsWith('json-schema/'))
    expect(schemas).toHaveLength(12)
    for (const [path, one] of schemas) {
      const [, id = '', part] = /([\w-]+)-(input|result)\.json$/.exec(path) ?? []
      const { input, result } = examples[`files.${id}`]
      const valid = ajv.compile(JSON.parse(one))
      expect({ path, fits: valid(part === 'input' ? input : result), errors: valid.errors }).toEqual({
        path,
        fits: true,
        errors: null,
      })
    }
  })

  test('expand as JSON-LD, with every member of a result known', async () => {
    const document = JSON.parse(await text(`json-ld/${slug}-context.jsonld`))
    const meanings = await jsonld.expand(document)
    expect(meanings.filter((one) => one['http://www.w3.org/2000/01/rdf-schema#comment'] === undefined)).toEqual([])
    const { response } = JSON.parse(await text('examples/list-files.json'))
    const [file] = response.body.files
    const [expanded] = await jsonld.expand({ '@context': document['@context'], ...file })
    expect(Object.keys(expanded ?? {})).toHaveLength(Object.keys(file).length)
  })

  test('are collections with a request for each operation', async () => {
    const postman = JSON.parse(await text(`collections/${slug}.postman_collection.json`))
    const item = {
      type: 'object',
      required: ['request'],
      properties: {
        name: { type: 'string' },
        request: { type: 'object', required: ['method', 'url', 'header'] },
        response: { type: 'array' },
      },
    }
    const group = {
      type: 'object',
      required: ['item'],
      properties: { name: { type: 'string' }, item: { type: 'array', items: item } },
    }
    const info = { type: 'object', required: ['name', 'schema'] }
    const valid = new Ajv2020().compile({
      type: 'object',
      required: ['info', 'item'],
      properties: { info, item: { type: 'array', items: group } },
    })
    valid(postman)
    expect(valid.errors).toBeNull()
    const requests = postman.item.flatMap((one: Document) => one.item)
    expect(requests.map(({ name }: Document) => name).sort()).toEqual(operations)
    for (const { request } of requests) {
      const named = request.url.path.filter((part: string) => part.startsWith(':')).map((part: string) => part.slice(1))
      expect(request.url.variable.map(({ key, value }: Document) => [key, value !== ''])).toEqual(
        named.map((key: string) => [key, true]),
      )
    }
    const open = JSON.parse(await text(`collections/${slug}.opencollection.json`))
    expect(
      open.items
        .flatMap(({ items }: Document) => items)
        .map(({ info }: Document) => info.name)
        .sort(),
    ).toEqual(operations)
  })

  test('are found where machines look', async () => {
    const { linkset } = JSON.parse(await text('well-known/api-catalog'))
    const { url } = parse(await text('apis.yml'))
    const hrefs = linkset.flatMap(({ anchor: _, ...relations }: Document) =>
      Object.values(relations)
        .flat()
        .map((one: Document) => one.href),
    )
    const base = url.replace('apis.yml', '')
    const inside = hrefs.flatMap((href: string) => (href.startsWith(base) ? [href.slice(base.length)] : []))
    expect(inside).toHaveLength(6)
    expect(inside.filter((path: string) => !files.has(path))).toEqual([])
  })
})
