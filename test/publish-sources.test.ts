/** Who says what in the published folder: every file has its maker, every claim about the provider what it rests on. */

import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { sha256 } from '../src/artifacts/publish/digests.ts'
import { type Document, described, type Folder, published, slug, text } from './support/published.ts'

let files: Folder

beforeAll(async () => {
  files = await published()
}, 20_000)

/** Copies of what stands elsewhere, and formats without room: provenance.json says it of them. */
const withoutRoom =
  /^(ikanos|skills\/[^/]+)\/|^capabilities\/(scripts\/|.*\.runtime\.yml$)|^well-known\/api-catalog$|^SUBMISSION\.md$|-api-openapi\.yml$/

/** Texts that are data, parsed. */
const documents = () =>
  [...files].flatMap(([path, one]): readonly (readonly [string, Document])[] =>
    /\.(ya?ml|json|jsonld)$/.test(path) && !path.endsWith('-api-openapi.yml') ? [[path, parse(one)]] : [],
  )

/** Every value below a node, with its key and what stands around it, the nearest first. */
function* valuesOf(
  node: Document,
  key = '',
  around: readonly Document[] = [],
): Generator<[string, Document, Document[]]> {
  yield [key, node, [...around]]
  if (typeof node !== 'object' || node === null) return
  for (const [name, value] of Object.entries(node))
    yield* valuesOf(value, Array.isArray(node) ? key : name, [node, ...around])
}

const page = /^https:\/\/((docs\.)?nanonets\.com|github\.com|raw\.githubusercontent\.com)\//
const hasGround = ({ source, basis }: Document) =>
  page.test(source ?? '') || /^(declared|inferred|unknown)$/.test(basis ?? '')

describe('Every file', () => {
  test('is in provenance.json with its digest, and as declared by its publisher or copied from somebody who is named', async () => {
    const { files: listed, method, publisher } = JSON.parse(await text('provenance.json'))
    expect([method, publisher]).toEqual(['declared', 'Maintainers of nanonets-file-management'])
    expect(listed.map(({ path }: Document) => path)).toEqual(
      [...files.keys()].filter((path) => path !== 'provenance.json'),
    )
    for (const { path, sha256: digest } of listed)
      expect({ path, digest }).toEqual({ path, digest: sha256(await text(path)) })
    const copied = listed.filter((one: Document) => one.method !== 'declared')
    expect(copied).toEqual(
      described === undefined
        ? []
        : [
            {
              path: `openapi/${slug}-api-openapi.yml`,
              method: 'copied',
              sha256: expect.any(String),
              publisher: 'API Evangelist',
              source: expect.stringMatching(/^https:\/\/raw\.githubusercontent\.com\/api-evangelist\/nanonets\//),
            },
          ],
    )
  })

  test('says so itself where its format has room', () => {
    const silent = [...files].filter(([path, one]) => !withoutRoom.test(path) && !/\bdeclared\b/.test(one))
    expect(silent.map(([path]) => path)).toEqual([])
    const loud = [...files].filter(([path, one]) => withoutRoom.test(path) && /method"?: "?declared/.test(one))
    expect(loud.map(([path]) => path)).toEqual([])
  })

  test('is by nobody but its publisher, and nothing in it is said in the name of the provider', () => {
    const owners =
      /^(publisher|author|authors|maintainers|owner|FN|organizationName|x-repaired-by|email|contact|copyright)$/
    for (const [path, document] of documents())
      for (const [key, value] of valuesOf(document))
        if (owners.test(key) && typeof value === 'string')
          expect({ path, key, value }).toEqual({
            path,
            key,
            value: expect.stringMatching(/nanonets-file-management|^API Evangelist$/),
          })
    const firstParty =
      /\bofficial(ly)? (by|from|of|Nanonets)|endorsed|(method|x-provenance)"?: "?(searched|probed|harvested|fetched|researched)|status"?: "?published|1st-Party|@nanonets\.com|com\.nanonets/i
    const own = [...files].filter(([path]) => !path.endsWith('-api-openapi.yml'))
    expect(own.filter(([, one]) => firstParty.test(one)).map(([path]) => path)).toEqual([])
  })
})

describe('What is said of the provider', () => {
  test('has a source or a basis, entry by entry', async () => {
    const entries = async (path: string, key: string) => parse(await text(path))[key] as Document[]
    const access: Document[] = await entries(`agentic-access/${slug}-agentic-access.yml`, 'operations')
    const said = [
      ...(await entries(`claims/${slug}-claims.yml`, 'claims')),
      ...(await entries(`lifecycle/${slug}-lifecycle.yml`, 'reversals')),
      ...(await entries(`plans/${slug}-plans.yml`, 'plans')),
      ...(await entries(`rate-limits/${slug}-rate-limits.yml`, 'limits')),
      ...(await entries(`authentication/${slug}-authentication.yml`, 'upstreams')),
      ...access.flatMap((one) => one['x-agentic-access'].reversal ?? []),
    ]
    expect(said.filter((one) => !hasGround(one))).toEqual([])
    expect(said.length).toBeGreaterThan(30)
    for (const name of ['errors', 'plans', 'rate-limits']) {
      const path = name === 'errors' ? `errors/${slug}-error-codes.yml` : `${name}/${slug}-${name}.yml`
      expect(parse(await text(path)).source).toMatch(page)
    }
    for (const { description } of await entries(`overlays/${slug}-overlay.yml`, 'actions'))
      expect(description).toMatch(/\bdocs\.nanonets\.com\/reference\/|\bcaptures?\b|of the documentation/)
  })

  test('says of what is inferred or unknown what it is inferred from, or what is not known', async () => {
    const claims: Document[] = parse(await text(`claims/${slug}-claims.yml`)).claims
    const bases = new Set(claims.map(({ basis }) => basis))
    expect(bases).toEqual(new Set([undefined, 'inferred', 'unknown']))
    for (const { basis, note } of claims) if (basis !== undefined) expect(note.length).toBeGreaterThan(10)
  })

  test('is nothing but names, what the capability says, and what has a ground where it stands', async () => {
    const capability = JSON.stringify(parse(await text(`capabilities/${slug}.yaml`)))
    const facts = parse(await text('apis.yml'))
    const own = [facts.description, ...facts.apis.map(({ description }: Document) => description)]
    const names = /^(name|title|label|rdfs:label|tags|provider|providerId|publisher|namespace)$/
    const bare = documents().flatMap(([path, document]) =>
      path === 'apis.yml' ||
      path.startsWith('skills/nano') ||
      path.startsWith('ikanos/') ||
      path.startsWith('capabilities/')
        ? []
        : [...valuesOf(document)].flatMap(([key, value, around]) => {
            if (typeof value !== 'string' || !/Nanonets/.test(value) || names.test(key)) return []
            const quoted = JSON.stringify(value).slice(1, -1)
            // Our own files say whose they are not.
            if (/\bnot (by )?Nanonets\b/.test(value)) return []
            const known = own.some((one) => value.includes(one)) || capability.includes(quoted.replace(/…$/, ''))
            return known || around.some(hasGround) ? [] : [`${path} ${key}: ${value.slice(0, 90)}`]
          }),
    )
    expect(bare).toEqual([])
  })
})
