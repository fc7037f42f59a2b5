/** Publication files: what they can't say, and what they have to. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { publish } from '../src/publish.ts'
import { capabilityOf, factsOf, loaded, plain, publishedWith } from './support/odd-capability.ts'

describe('Facts', () => {
  const upstream = (file: string) => ({
    ...factsOf(plain).upstream,
    openapi: { file, source: 'https://harbour.test/openapi.yml', publisher: 'A harbour' },
  })

  test.each<[object, string | RegExp]>([
    [{ upstream: { ...factsOf(plain).upstream, namespace: 'harbor' } }, 'did you mean "harbour"?'],
    [
      { reversals: { 'ships.flow-0': { window: 'none', by: 'ships.flow-1', basis: 'inferred' } } },
      'flow "ships.flow-1"',
    ],
    [
      { terms: { Ship: { class: true, description: 'A ship.' }, imo: { of: 'Shop', description: 'Its number.' } } },
      '"Ship"',
    ],
    [{ reversals: { 'ships.flow-0': { window: 'none' } } }, 'missing key "basis"'],
    [{ claims: [{ says: 'It floats.' }] }, 'missing key "basis"'],
    [{ claims: [{ says: 'It floats.', basis: 'inferred' }] }, 'missing key "note"'],
    [{ upstream: { ...factsOf(plain).upstream, authentication: 'A key.' } }, 'as "upstream.authenticationSource"'],
    [{ rateLimitsNote: 'Often.' }, 'as "rateLimitsSource"'],
    [{ terms: { '@id': { description: 'Its id.' } } }, '@id'],
    [{ terms: { rdf: { description: 'A prefix.' } } }, 'rdf'],
    [{ index: { ...factsOf(plain).index, slug: '../up' } }, '"../up" may hold only'],
    [{ index: { ...factsOf(plain).index, name: '\n \n' } }, 'must not be blank'],
    [
      { publisher: { ...factsOf(plain).publisher, url: 'https://harbour.test/a b' } },
      '"https://harbour.test/a b" must match',
    ],
    [
      { publisher: { ...factsOf(plain).publisher, email: 'a@b\nExpires: 2000-01-01T00:00:00Z' } },
      '"a@b\\nExpires: 2000-01-01T00:00:00Z" must match',
    ],
    [{ publisher: { ...factsOf(plain).publisher, securityExpires: 'soon' } }, '"soon" must match'],
    [{ upstream: upstream('../x') }, '"../x" must match'],
  ])('like %j are refused', async (facts, fault) => {
    await expect(publishedWith({}, facts)).rejects.toThrow(fault)
  })

  test.each([
    ['..', '"openapi/.." is no path of a file on every system'],
    ['ships-openapi.yml', 'openapi/ships-openapi.yml and openapi/ships-openapi.yml would be one file'],
    ['Ships-OpenAPI.yml', /would be one file: rename/],
  ])('that call the description of the called API %j are refused', async (file, fault) => {
    const description = join(await mkdtemp(join(tmpdir(), 'openapi-')), 'openapi.yml')
    onTestFinished(() => rm(join(description, '..'), { recursive: true }))
    await writeFile(description, 'openapi: 3.0.3\n')
    const capability = await loaded(capabilityOf(plain), { ...factsOf(plain), upstream: upstream(file) })
    await expect(publish(capability, { openapi: description })).rejects.toThrow(fault)
  })
})
