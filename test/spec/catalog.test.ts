/** The capability files published on APIs.io, as they are: none may crash the program, and each fault has a place. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Diagnostic, type Validation, validate } from '../../src/index.ts'
import { shared } from '../support/shared.ts'

interface Published {
  readonly file: string
  readonly dialect: string
}

interface Read extends Published {
  readonly validation: Validation
}

const catalog = shared('data/catalog')
const manifest: readonly Published[] =
  catalog === undefined ? [] : JSON.parse(readFileSync(join(catalog, 'MANIFEST.json'), 'utf8'))
const isAlpha = ({ dialect }: Published) => /^(naftiko|ikanos):/.test(dialect)

const errorsOf = ({ validation }: Read) => validation.diagnostics.filter((d) => d.severity === 'error')

/** A place inside of a file: a line it has, and a column that this line has. */
function isPlaced(d: Diagnostic, linesOf: (file: string) => readonly string[]): boolean {
  const line = linesOf(d.location.file)[d.location.line - 1]
  return line !== undefined && d.location.column >= 1 && d.location.column <= line.length + 1
}

describe.skipIf(catalog === undefined)('The published capability files', () => {
  const read: Read[] = []
  beforeAll(async () => {
    for (const published of manifest) {
      const validation = await validate(join(catalog ?? '', published.file))
      read.push({ ...published, validation })
    }
  }, 60_000)

  test('are all validated without a crash', () => {
    expect(read).toHaveLength(manifest.length)
    expect(read.length).toBeGreaterThan(50)
  })

  test('have each of their errors at a place in the file or in one it imports, with a message', () => {
    for (const one of read) {
      const texts = new Map<string, readonly string[]>()
      const linesOf = (file: string) => {
        const lines = texts.get(file) ?? readFileSync(file, 'utf8').split('\n')
        texts.set(file, lines)
        return lines
      }
      const lost = one.validation.diagnostics.filter((d) => !isPlaced(d, linesOf) || d.message === '')
      expect(lost, one.file).toEqual([])
    }
  })

  test('are valid, or say why not', () => {
    for (const one of read) expect(one.validation.loaded === undefined, one.file).toBe(errorsOf(one).length > 0)
  })

  test('that are something else are refused with one sentence', () => {
    const foreign = read.filter((one) => !isAlpha(one))
    expect(foreign.length).toBeGreaterThan(0)
    for (const one of foreign)
      expect(
        one.validation.diagnostics.map((d) => d.code),
        one.file,
      ).toEqual(['not-a-capability'])
  })

  test('of the older dialect are without an error, but for what can not run at all', () => {
    const able = read.filter((one) => isAlpha(one) && !errorsOf(one).some((d) => hopeless.has(d.code)))
    const sound = able.filter((one) => errorsOf(one).every((d) => d.code === 'unsupported'))
    console.info(`${sound.length} of ${able.length} alpha files that can run have no error but unsupported`)
    expect(able.length).toBeGreaterThan(read.filter(isAlpha).length * 0.75)
    expect(able.filter((one) => !sound.includes(one)).map(({ file }) => file)).toEqual([])
  })

  test('that can not run say so in one sentence a cause', () => {
    const unable = read.filter((one) => errorsOf(one).some((d) => hopeless.has(d.code)))
    for (const one of unable)
      expect(
        errorsOf(one).filter((d) => !hopeless.has(d.code)),
        one.file,
      ).toEqual([])
  })
})

/** Errors that no reading of a file can mend: it calls what is not there, or asks for what nobody can do. */
const hopeless = new Set([
  'unknown-namespace',
  'unknown-operation',
  'unsupported-authentication',
  'not-a-capability',
] as readonly string[])
