/** A skill says the same of itself in its SKILL.md and in the capability, or it is told where it does not. */

import { symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { validate } from '../../src/index.ts'
import { writeCapability } from '../support/serve.ts'

const description =
  'Looks orders up by their number. Use when somebody asks where an order is, or what it was. Not for changing an order.'
const declared = { description, license: 'MIT', metadata: { author: 'somebody', version: '1.0' } }
const written = `---
name: order-desk
description: >-
  Looks orders up by their number. Use when somebody asks where an order is, or what it was.
  Not for changing an order.
license: MIT
metadata:
  version: "1.0"
  author: somebody
---

# Order desk

---
license: of no matter here
---
`

async function fileOf(skillFile: string | undefined, skill: object = declared) {
  const skills = { 'order-desk': { ...skill, location: 'file:///./order-desk' } }
  const exposes = [{ type: 'skill', namespace: 'shop-skills', port: 0, skills }]
  const files = skillFile === undefined ? { 'other.md': written } : { 'order-desk/SKILL.md': skillFile }
  return writeCapability({ ikanos: '1.0.0-beta5', capability: { exposes } }, { files })
}

/** Code, file, line and message of each fault. */
async function told(file: string) {
  const { diagnostics } = await validate(file)
  return diagnostics.map(({ code, message, location }) => [code, basename(location.file), location.line, message])
}

const tell = async (...given: Parameters<typeof fileOf>) => told(await fileOf(...given))

describe('A skill file that says what the capability says', () => {
  test.each([
    ['in its own way', written],
    ['after a byte order mark, with the line ends of Windows', `\uFEFF${written.replaceAll('\n', '\r\n')}`],
    ['in flow style', written.replace(/metadata:\n.*\n.*\n/, 'metadata: { author: somebody, version: "1.0" }\n')],
    ['with comments', written.replace('license: MIT', '# Which one?\nlicense: MIT # This one.')],
    ['and nothing else', written.slice(0, written.indexOf('\n# Order'))],
  ])('is in order (%s)', async (_, text) => {
    expect(await tell(text)).toEqual([])
  })
})

describe('What a skill file says otherwise', () => {
  const here = (key: string) => `"${key}" is `
  test.each<[string, string, object, string]>([
    [
      'a name',
      written.replace('order-desk', 'orders'),
      declared,
      `${here('name')}"order-desk", but "orders" in the SKILL.md`,
    ],
    ['a licence', written.replace('MIT', 'ISC'), declared, `${here('license')}"MIT", but "ISC" in the SKILL.md`],
    [
      'a licence less',
      written.replace('license: MIT\n', ''),
      declared,
      `${here('license')}"MIT", but not given in the SKILL.md`,
    ],
    [
      'a field more',
      written.replace('license', 'allowed-tools: Read\nlicense'),
      declared,
      `${here('allowed-tools')}not given, but "Read" in the SKILL.md`,
    ],
    [
      'a version',
      written.replace('"1.0"', '"1.1"'),
      declared,
      `${here('metadata')}"author: somebody, version: 1.0", but "author: somebody, version: 1.1" in the SKILL.md`,
    ],
    [
      'a part of a long text',
      written.replace('Not for', 'Never for'),
      declared,
      `${here('description')}"…s, or what it was. Not for changing an order.", but "…s, or what it was. Never for changing an order." in the SKILL.md`,
    ],
    [
      'a line end',
      written.replace('>-', '>'),
      declared,
      `${here('description')}"…r changing an order.", but "…r changing an order.\\n" in the SKILL.md`,
    ],
  ])('is told at its place in the capability (%s)', async (_, text, skill, message) => {
    const [[code, file, , said] = [], ...more] = await tell(text, skill)
    expect([code, file, said, more]).toEqual(['front-matter-differs', 'case.ikanos.yml', message, []])
  })
})

describe('A skill file that is none', () => {
  test.each<[string, string, string, number, string]>([
    [
      'a field that is not one of the six',
      written.replace('license', 'argument-hint: x\nlicense'),
      'unknown-key',
      6,
      'unknown key "argument-hint"',
    ],
    ['no description', written.replace(/description: >-\n.*\n.*\n/, ''), 'missing-key', 2, 'missing key "description"'],
    [
      'a blank one',
      written.replace(/description: >-\n.*\n.*\n/, 'description: " "\n'),
      'wrong-value',
      3,
      '" " must not be blank',
    ],
    [
      'a version that is a number',
      written.replace('"1.0"', '1.0'),
      'wrong-type',
      8,
      'expected text, found the number 1',
    ],
    [
      'a list of tools',
      written.replace('license: MIT', 'license: MIT\nallowed-tools: [Read]'),
      'wrong-type',
      7,
      'expected text, found a list',
    ],
    [
      'a name in capitals',
      written.replace('order-desk', 'Order-Desk'),
      'wrong-value',
      2,
      '"Order-Desk" may hold only lower-case letters, digits and single hyphens',
    ],
    ['a text that YAML reads as a map', written.replace('license: MIT', 'license: MIT: yes'), 'yaml-syntax', 6, ''],
  ])('is told at its place in that file (%s)', async (_, text, code, line, message) => {
    const [fault = [], ...more] = await tell(text)
    expect(more).toEqual([])
    expect(fault.slice(0, 3)).toEqual([code, 'SKILL.md', line])
    expect(fault[3]).toContain(message)
  })

  test.each([
    ['no front matter', '# Order desk\n'],
    ['front matter that does not end', written.slice(0, 60)],
    ['something before it', `\n${written}`],
  ])('is told at the location of the skill (%s)', async (_, text) => {
    expect((await tell(text)).map(([code]) => code)).toEqual(['no-front-matter'])
  })

  test('is missed, but no fault: the folder may hold what tools are told from', async () => {
    expect((await tell(undefined)).map(([code]) => code)).toEqual(['no-skill-file'])
  })

  test('is a link, which is not followed', async () => {
    const file = await fileOf(undefined)
    await symlink('.', join(dirname(file), 'order-desk'))
    await symlink('other.md', join(dirname(file), 'SKILL.md'))
    expect((await told(file)).map(([code]) => code)).toEqual(['no-skill-file'])
  })
})
