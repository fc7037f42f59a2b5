/** Capabilities and facts as nobody should write them: the folder is sound all the same. */

import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { isInside } from '../src/artifacts/publish/digests.ts'
import { validate } from '../src/load.ts'
import { updateFolder } from '../src/publish/update.ts'
import { publish } from '../src/publish.ts'
import { pageOf } from './support/catalogue-page.ts'
import { apiCatalogFaults, llmsTxtFaults, securityTxtFaults } from './support/discovery-standards.ts'
import { capabilityOf, factsOf, loaded, odd } from './support/odd-capability.ts'
import { exhaustive } from './support/sampled.ts'
import { shared } from './support/shared.ts'

const schemaFile = shared('data/schemas/apisjson-0.23.yml')

const parsed: readonly (readonly [RegExp, (text: string) => unknown])[] = [
  [/\.ya?ml$/, (text) => parse(text)],
  [/\.(json|jsonld)$|\/api-catalog$/, (text) => JSON.parse(text)],
]

const validIndex = async () => {
  if (schemaFile === undefined) return () => null
  const { $id: _, ...schema } = parse(await readFile(schemaFile, 'utf8'))
  const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: false })
  addFormats.default(ajv)
  const valid = ajv.compile(schema)
  return (index: unknown) => (valid(index) ? null : valid.errors)
}

/** Whatever stands in them, the pages have the structure that they always have. */
function pageFaults(page: string): readonly string[] {
  const headings = page.match(/^#+ .*$/gm) ?? []
  const known = /^# |^## (Run it|Before it is pushed|Operations|What is here|Who says so)$/
  const rows = page.split('\n').filter((line) => line.startsWith('|'))
  return [
    ...headings.slice(1).filter((line) => !known.test(line) || line.startsWith('# ')),
    ...rows.filter((row) => ![3, 4].includes((row.match(/(?<!\\)\|/g) ?? []).length)),
    ...(page.match(/<(?!dir>)[a-z!/].*/gi) ?? []),
  ]
}

describe('A folder of anything', () => {
  test('is sound: every file is read by its own format, and none stands outside', async () => {
    const faultsOf = await validIndex()
    await fc.assert(
      fc.asyncProperty(odd, async (one) => {
        const { files } = await publish(await loaded(capabilityOf(one), factsOf(one)))
        const folder = new Map(files.map(({ path, text }) => [path, text]))
        expect(new Set([...folder.keys()].map((path) => path.toLowerCase())).size).toBe(files.length)
        expect([...folder.keys()].filter((path) => !isInside(path))).toEqual([])
        for (const [path, text] of folder)
          for (const [ending, read] of parsed) if (ending.test(path)) expect(() => read(text)).not.toThrow()
        const at = (path: string) => folder.get(path) ?? ''
        const index = parse(at('apis.yml'))
        expect(faultsOf(index)).toBeNull()
        const urls = [...index.common, ...index.apis.flatMap(({ properties }: typeof index) => properties)]
        const inside = urls.flatMap(({ url = 'https:' }) => (/^https?:/.test(url) ? [] : [decodeURI(url)]))
        expect(inside.filter((path) => !folder.has(path))).toEqual([])
        expect(pageFaults(at('README.md'))).toEqual([])
        expect(at('SUBMISSION.md').match(/^#+ |<(?!dir>)[a-z!/]/gim)).toEqual(['# '])
        expect(llmsTxtFaults(at('llms/llms.txt'))).toEqual([])
        expect(securityTxtFaults(at('well-known/security.txt'), '2026-11-28T00:00:00Z')).toEqual([])
        expect(apiCatalogFaults(at('well-known/api-catalog'), 'https://harbour.test/well-known/api-catalog')).toEqual(
          [],
        )
        const page = pageOf('ships.yaml', at('capabilities/ships.yaml'))
        expect(page.operations).toHaveLength(one.surfaces.includes('rest') ? one.operations.length : 0)
      }),
      { numRuns: exhaustive ? 1000 : 40 },
    )
  }, 60_000)

  test('is written below its folder and nowhere else, and runs from there in both forms', async () => {
    await fc.assert(
      fc.asyncProperty(odd, async (one) => {
        const above = await mkdtemp(join(tmpdir(), 'hostile-'))
        onTestFinished(() => rm(above, { recursive: true, force: true }))
        const out = join(above, 'a/b/out')
        await mkdir(join(above, 'a/b'), { recursive: true })
        const { files } = await publish(await loaded(capabilityOf(one), factsOf(one)))
        expect((await updateFolder(files, out)).written).toHaveLength(files.length)
        expect([await readdir(above), await readdir(join(above, 'a')), await readdir(join(above, 'a/b'))]).toEqual([
          ['a'],
          ['b'],
          ['out'],
        ])
        for (const path of ['capabilities/ships.yaml', 'ikanos/case.ikanos.yml']) {
          const { diagnostics } = await validate(join(out, path))
          expect(diagnostics.filter(({ code }) => /missing|unreadable|no-|unknown/.test(code))).toEqual([])
        }
      }),
      { numRuns: 15 },
    )
  }, 60_000)
})
