/** Every form that a capability is exported in is what its standard says, whatever the capability. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSpecType } from '@modelcontextprotocol/client'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import skillSchema from '../../schemas/skill.schema.json' with { type: 'json' }
import {
  bundledCapability,
  exportCapability,
  exportForms,
  type LoadedCapability,
  load,
  StartError,
} from '../../src/index.ts'
import { redocly } from '../support/linted.ts'
import { sampled } from '../support/sampled.ts'
import { writeCapability } from '../support/serve.ts'
import { shared } from '../support/shared.ts'

const [catalog, tutorial] = [shared('data/catalog'), shared('data/tutorial')]
const published: readonly string[] =
  catalog === undefined
    ? []
    : JSON.parse(readFileSync(join(catalog, 'MANIFEST.json'), 'utf8')).map(({ file }: { file: string }) =>
        join(catalog, file),
      )
const steps = Array.from({ length: 11 }, (_, i) => i + 1)
const names = [
  '',
  'mock',
  'wiring',
  'auth',
  'output-shaping',
  'multi-source',
  'write-operations',
  'orchestrated-lookup',
]
const later = ['skill-groups', 'aggregates', 'rest-adapter', 'fleet-manifest']
const taught =
  tutorial === undefined ? [] : steps.map((i) => join(tutorial, `step-${i}-shipyard-${[...names, ...later][i]}.yml`))

const files = [bundledCapability(), ...taught, ...sampled(published, 3)]

/** Those that can run: the catalog holds others too. */
async function loaded(): Promise<readonly LoadedCapability[]> {
  const all = await Promise.all(files.map((file) => load(file, { allowUnsupported: true }).catch(() => undefined)))
  return all.filter((one) => one !== undefined)
}

/** Rules of good style, which the standard does not ask for. */
const styles = ['operation-summary', 'security-defined', 'no-path-trailing-slash']

const ajv = new Ajv2020({ strict: false })

/** What a request of a collection has to have (Postman Collection Format 2.1.0). */
const key = {
  type: 'object',
  required: ['key', 'value'],
  properties: { key: { type: 'string' }, value: { type: 'string' } },
}
const keys = { type: 'array', items: key }
const isCollection = ajv.compile({
  type: 'object',
  required: ['info', 'item'],
  properties: {
    info: {
      required: ['name', 'schema'],
      properties: { schema: { const: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' } },
    },
    variable: keys,
    item: {
      type: 'array',
      items: {
        required: ['name', 'item'],
        properties: {
          item: {
            type: 'array',
            minItems: 1,
            items: {
              required: ['name', 'request'],
              properties: {
                request: {
                  required: ['method', 'url'],
                  properties: {
                    method: { enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] },
                    header: keys,
                    url: {
                      required: ['raw', 'host', 'path'],
                      properties: {
                        raw: { type: 'string', pattern: '^\\{\\{baseUrl\\}\\}/' },
                        path: { type: 'array', items: { type: 'string' } },
                        query: keys,
                        variable: keys,
                      },
                    },
                    body: {
                      required: ['mode', 'raw'],
                      properties: { mode: { const: 'raw' }, raw: { type: 'string' } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
})

const isFrontMatter = ajv.compile(skillSchema)

/** What is wrong with an export; none where the capability has not the surface for it. */
async function faultsOf(capability: LoadedCapability, form: (typeof exportForms)[number]): Promise<readonly string[]> {
  const found = await exportCapability(capability, form).catch((error: unknown) => error)
  if (found instanceof StartError)
    return /has no surface of type (rest|mcp|skill), /.test(found.message) ? [] : [found.message]
  if (found instanceof Error) throw found
  const written = found as Awaited<ReturnType<typeof exportCapability>>
  if (written.length === 0) return ['nothing was written']
  const [{ text } = { text: '' }] = written
  switch (form) {
    case 'openapi':
    case 'arazzo':
      return (await redocly(text)).filter(
        (line) => line.startsWith('error') && !styles.some((rule) => line.includes(rule)),
      )
    case 'mcp':
      return isSpecType.ListToolsResult(JSON.parse(text)) ? [] : ['it is no result of tools/list']
    case 'postman':
      return isCollection(JSON.parse(text))
        ? []
        : (isCollection.errors ?? []).map((e) => `${e.instancePath} ${e.message}`)
    case 'skills':
      return written
        .filter(({ path }) => path.endsWith('/SKILL.md'))
        .flatMap(({ path, text: words }) => {
          const [, front = ''] = /^---\n([\s\S]*?)\n---\n/.exec(words) ?? []
          return isFrontMatter(parse(front)) ? [] : [`${path}: ${ajv.errorsText(isFrontMatter.errors)}`]
        })
  }
}

describe('an export', () => {
  test.each(exportForms)(
    'as %s is valid for every capability that has its surface',
    { timeout: 120_000 },
    async (form) => {
      for (const capability of await loaded()) expect(await faultsOf(capability, form), capability.file).toEqual([])
    },
  )

  test('of a capability without a REST surface says which it has', async () => {
    const mock = { description: 'Says hi.', outputParameters: { hi: { type: 'string', value: 'Hi' } } }
    const exposes = [{ type: 'mcp', namespace: 'tools', port: 9090, tools: { 'say-hi': mock } }]
    const capability = await load(await writeCapability({ ikanos: '1.0.0-beta5', capability: { exposes } }))
    for (const form of ['openapi', 'arazzo', 'postman', 'skills'] as const)
      await expect(exportCapability(capability, form)).rejects.toThrow(/^case has no surface of type .*; it has mcp$/)
  })

  test('keeps a picture beside the words of a skill as it is', async () => {
    const exposes = [
      {
        type: 'skill',
        namespace: 'skills',
        port: 9091,
        skills: { look: { description: 'Looks.', location: 'file:///./look' } },
      },
    ]
    const words = '---\nname: look\ndescription: Looks.\n---\nLook.\n'
    const file = await writeCapability(
      { ikanos: '1.0.0-beta5', capability: { exposes } },
      { files: { 'look/SKILL.md': words, 'look/assets/a.bin': '' } },
    )
    const { writeFile } = await import('node:fs/promises')
    const picture = Buffer.from([0xff, 0xd8, 0xff, 0x00])
    await writeFile(join(file, '../look/assets/a.bin'), picture)
    const found = await exportCapability(await load(file), 'skills')
    expect(found.find(({ path }) => path === 'look/assets/a.bin')?.bytes).toEqual(picture)
    expect(found.find(({ path }) => path === 'look/SKILL.md')?.text).toBe(words)
  })

  test('as requests has every parameter in its place', async () => {
    const inputs = { id: 'path', q: 'query', 'X-Of': 'header', sid: 'cookie', note: 'body' }
    const inputParameters = Object.fromEntries(
      Object.entries(inputs).map(([name, place]) => [name, { in: place, type: 'string', description: 'Is it.' }]),
    )
    const operations = {
      'add-it': { method: 'POST', inputParameters, outputParameters: { a: { type: 'string', value: 'A' } } },
    }
    const exposes = [
      { type: 'rest', namespace: 'api', port: 8080, resources: { its: { path: '/its/{{id}}', operations } } },
    ]
    const capability = await load(await writeCapability({ ikanos: '1.0.0-beta5', capability: { exposes } }))
    const [file] = await exportCapability(capability, 'postman')
    const [{ item }] = JSON.parse(file?.text ?? '').item
    const { url, header, body } = item[0].request
    expect([url.path, url.variable, url.query]).toEqual([
      ['its', ':id'],
      [{ key: 'id', value: '' }],
      [{ key: 'q', value: '' }],
    ])
    expect(header).toEqual([
      { key: 'Content-Type', value: 'application/json' },
      { key: 'X-Of', value: '' },
      { key: 'Cookie', value: 'sid=' },
    ])
    expect(JSON.parse(body.raw)).toEqual({ note: null })
  })
})
