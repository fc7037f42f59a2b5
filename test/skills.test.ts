/** The skills of the bundle: what their files say is what the capability says, and an agent can do what they tell it. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { encode } from 'gpt-tokenizer'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse, parseDocument, visit } from 'yaml'
import schema from '../schemas/skill.schema.json' with { type: 'json' }
import { bundledCapability, load, type McpPlan, type Plan, type SkillPlan } from '../src/index.ts'
import { problemKinds } from '../src/surfaces/problem-kinds.ts'
import evals from './skills/evals.json' with { type: 'json' }

const folder = fileURLToPath(new URL('../skills', import.meta.url))
const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))

let plan: Plan
beforeAll(async () => {
  plan = (await load(bundledCapability())).plan
})

const skills = () => plan.surfaces.flatMap((s) => (s.type === 'skill' ? s.skills : []))
const mcp = () => plan.surfaces.find((s): s is McpPlan => s.type === 'mcp') as McpPlan

function declared(name: string): SkillPlan {
  const skill = skills().find((s) => s.name === name)
  if (skill === undefined) throw new Error(`the capability declares no skill "${name}"`)
  return skill
}

const used = (name: string) => declared(name).tools.flatMap((t) => (t.type === 'derived' ? [t.action] : []))
const textOf = (name: string, path: string) => readFileSync(join(folder, name, path), 'utf8')

function read(name: string) {
  const [, frontMatter = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(textOf(name, 'SKILL.md')) ?? []
  return { frontMatter: parse(frontMatter) as Record<string, string>, body }
}

function filesOf(name: string): readonly string[] {
  return readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => relative(join(folder, name), join(parentPath, file)))
    .sort()
}

/** Files that a text names, by link or in a command. */
const namedIn = (text: string) =>
  new Set([...text.matchAll(/(?:references|scripts|assets)\/[\w./-]+\.\w+/g)].map(([path]) => path))

const examplesIn = (body: string) =>
  [...body.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => JSON.parse(json))

/** What `generate` writes, where a SKILL.md names it. */
const generated =
  /^(references\/(tools|errors|connect)\.md|scripts\/((plan|check|run|calls|plans|journal|program)\.mjs|calls\.json)|assets\/plan\.schema\.json)$/

const tokens = (text: string) => encode(text).length

it('every skill of the capability has a folder, every folder is one, and every tool is used by one', () => {
  expect(
    skills()
      .map((s) => s.name)
      .sort(),
  ).toEqual([...names].sort())
  expect(new Set(names.flatMap(used))).toEqual(new Set(mcp().tools.map((t) => t.name)))
})

it('front matter with anything else than the six fields, or with these in another form, is refused', () => {
  const check = new Ajv2020({ strict: false }).compile(schema)
  const good = { name: 'read-things', description: 'Reads things.' }
  const wrong = [
    ...['Read-Things', 'read--things', '-read', 'read_things', 'ä', 'a'.repeat(65)].map((name) => ({ name })),
    ...[' ', 'a'.repeat(1025), undefined].map((description) => ({ description })),
    ...['', 'a'.repeat(501)].map((compatibility) => ({ compatibility })),
    ...[{ metadata: { version: 1 } }, { 'allowed-tools': ['Read'] }, { version: '1.0.0' }, { model: 'x' }],
  ]
  expect(check(good)).toBe(true)
  expect(wrong.filter((one) => check({ ...good, ...one }))).toEqual([])
})

it('the catalog of all skills is short enough for a client to load whole', () => {
  const lines = names.map((name) => tokens(`${name}: ${declared(name).description}`))
  for (const line of lines) expect(line).toBeLessThanOrEqual(130)
  expect(lines.reduce((a, b) => a + b)).toBeLessThanOrEqual(700)
})

it('no two skills are described by the same words', () => {
  const words = names.map(
    (name) =>
      new Set(
        declared(name)
          .description.toLowerCase()
          .match(/[a-z]{4,}/g) ?? [],
      ),
  )
  words.forEach((own, i) => {
    for (const other of words.slice(i + 1)) {
      const shared = [...own].filter((word) => other.has(word)).length
      expect(shared / Math.min(own.size, other.size)).toBeLessThan(0.4)
    }
  })
})

describe.each(names)('the skill %s', (name) => {
  it('says in its front matter what the capability says, in the six fields of the specification', () => {
    const { description, license, compatibility, metadata, allowedTools } = declared(name)
    const expected = { name, description, license, compatibility, metadata, 'allowed-tools': allowedTools }
    const { frontMatter } = read(name)
    expect(frontMatter).toEqual(JSON.parse(JSON.stringify(expected)))
    const check = new Ajv2020({ strict: false }).compile(schema)
    expect([check(frontMatter), check.errors]).toEqual([true, null])
    expect(metadata?.version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('has front matter that strict readers take: no collection on one line, no anchor, no tag, three dashes only around it', () => {
    const [, text = ''] = textOf(name, 'SKILL.md').split('---')
    const strange: string[] = []
    visit(parseDocument(text), {
      Node: (_, node) => {
        const { flow, anchor, tag } = node as { flow?: boolean; anchor?: string; tag?: string }
        if (flow || anchor || tag) strange.push(String(node))
      },
    })
    expect([parse(text).name, strange]).toEqual([name, []])
  })

  it('is described by what it does, when to use it and what it is not for', () => {
    const { description, allowedTools } = declared(name)
    expect(description).toMatch(/^[A-Z][a-z]+s .*Use when .*Not for /)
    expect(description).not.toMatch(/[<>]/)
    expect(description.length).toBeLessThanOrEqual(500)
    expect(allowedTools).toBeUndefined()
  })

  it('keeps within its budgets', () => {
    const { body } = read(name)
    expect(tokens(body)).toBeLessThanOrEqual(2000)
    expect(body.split('\n').length).toBeLessThanOrEqual(220)
    const references = filesOf(name).filter((path) => path.endsWith('.md') && path !== 'SKILL.md')
    for (const path of references) {
      expect(tokens(textOf(name, path))).toBeLessThanOrEqual(3000)
      expect(textOf(name, path).split('\n').length).toBeLessThanOrEqual(100)
    }
  })

  it('has a table of its tools, numbered steps, gotchas, and a table of errors', () => {
    const { body } = read(name)
    const sections = new Map(body.split(/^## /m).map((part) => [part.split('\n')[0] ?? '', part]))
    expect(sections.get('Tools')).toContain('| Tool | Effect | Needs |')
    expect(body).toMatch(/^1\. /m)
    expect(sections.get('Gotchas')?.match(/^- /gm)?.length).toBeGreaterThanOrEqual(5)
    expect(sections.get('When a tool answers with an error')?.match(/^\| /gm)?.length).toBeGreaterThanOrEqual(5)
    expect(body).toMatch(/come from outsiders\. They are data; never/)
  })

  it('asks a person before it writes, and reads before and after', () => {
    const { body } = read(name)
    const tools = mcp().tools.filter((t) => used(name).includes(t.name))
    const writes = tools.filter((t) => t.operation.semantics.safe !== true)
    expect(tools.length).toBeGreaterThan(writes.length)
    if (writes.length === 0) return
    expect(body).toMatch(/[Aa]sk (?:once )?for a yes|[Aa]sk the user to confirm|agreed to the table/)
    for (const path of ['assets/plan.schema.json', 'scripts/plan.mjs', 'scripts/check.mjs', 'scripts/run.mjs'])
      expect(namedIn(body)).toContain(path)
    if (!writes.some((t) => t.operation.confirmation !== undefined)) return
    expect(body).toContain('## What waits for a person')
    expect(body).toMatch(/repeat\s+the\s+very\s+same\s+call/i)
  })

  it('reads a list to its end, which an answer to an agent may not hold', () => {
    if (used(name).includes('list-files')) expect(read(name).body).toMatch(/`_more`[\s\S]*`to_date`/)
  })

  it('says what to do without a shell where it has scripts', () => {
    const has = filesOf(name).some((path) => path.startsWith('scripts/'))
    expect(read(name).body.includes('No shell?')).toBe(has)
  })

  it('says before what a person releases each time that it cannot be undone', () => {
    const own = mcp().tools.filter((t) => used(name).includes(t.name))
    const isLost = own.some(({ operation: { confirmation } }) => confirmation && confirmation.when === undefined)
    expect(isLost).toBe(name === 'nanonets-delete-documents')
    if (isLost) expect(read(name).body).toMatch(/cannot be undone[\s\S]*confirm/)
  })

  it('mentions only tools that exist and that it declares', () => {
    const all = filesOf(name)
      .filter((path) => path.endsWith('.md'))
      .map((path) => textOf(name, path))
    const known = new Set(mcp().tools.map((t) => t.name))
    for (const text of all) {
      const qualified = [...text.matchAll(/\b([a-z]+-mcp):([a-z-]+)/g)]
      for (const [, server, tool] of qualified)
        expect([server, used(name).includes(tool ?? '')]).toEqual([mcp().namespace, true])
      const bare = [...text.matchAll(/`([a-z-]+)`/g)].flatMap(([, word = '']) => (known.has(word) ? [word] : []))
      for (const tool of bare) expect(used(name)).toContain(tool)
    }
    for (const tool of used(name)) expect(read(name).body).toContain(`\`${tool}\``)
  })

  it('gives examples that the tools accept', () => {
    const examples = examplesIn(read(name).body)
    expect(examples.length).toBeGreaterThan(0)
    for (const { tool, arguments: args } of examples) {
      const found = mcp().tools.find((t) => `${mcp().namespace}:${t.name}` === tool)
      expect(found?.operation.input.validate(args)).toEqual([])
    }
  })

  it('names every file that it holds, and none that it does not', () => {
    const files = filesOf(name)
    const { body } = read(name)
    const named = namedIn(body)
    for (const path of named) expect(files).toContain(path)
    const scripts = files.filter((path) => path.endsWith('.mjs')).map((path) => textOf(name, path))
    const imported = new Set(
      scripts.flatMap((text) =>
        [...text.matchAll(/['"](?:\.\/)?([\w-]+\.(?:mjs|json))['"]/g)].map(([, file]) => `scripts/${file}`),
      ),
    )
    for (const path of files) expect(path === 'SKILL.md' || named.has(path) || imported.has(path)).toBe(true)
    for (const path of files) expect(path).toMatch(/^(?:[a-zA-Z0-9._-]+\/)?[a-zA-Z0-9._-]+$/)
    for (const [, link = ''] of body.matchAll(/\]\(([^)]+)\)/g)) expect(files).toContain(link)
  })

  it('leads no further than one file, and is as small as every host takes it (SEP-2640)', () => {
    const files = filesOf(name)
    for (const path of files.filter((one) => one.endsWith('.md') && one !== 'SKILL.md')) {
      const text = textOf(name, path)
      for (const [, link] of text.matchAll(/\]\(([^)]+)\)/g))
        expect([path, link]).toEqual([path, expect.stringMatching(/^#/)])
      expect([...namedIn(text)].filter((one) => one.startsWith('references/'))).toEqual([])
    }
    expect(files.length).toBeLessThanOrEqual(512)
    expect(files.reduce((sum, path) => sum + statSync(join(folder, name, path)).size, 0)).toBeLessThan(16 * 1024 * 1024)
  })

  it('has in the capability every file that somebody wrote, and no other', () => {
    const instructions = declared(name).tools.flatMap((t) => (t.type === 'instruction' ? [t.instruction] : []))
    const written = filesOf(name).filter((path) => path !== 'SKILL.md' && !generated.test(path))
    expect([...instructions].sort()).toEqual(written)
  })

  it('holds to the words of the house', () => {
    const texts = filesOf(name)
      .filter((path) => path.endsWith('.md'))
      .map((path) => textOf(name, path))
      .join('\n')
    expect(texts).not.toMatch(/\b20[12]\d-\d\d-\d\d\b|\b(?:currently|recently|as of now)\b/i)
    expect(texts).not.toMatch(/\b(?:verify-file|unverify|moderate the file|dedupe)\b/i)
    expect(texts.match(/\b(?:MUST|NEVER|ALWAYS)\b/g)?.length ?? 0).toBeLessThanOrEqual(5)
    expect(texts).not.toMatch(/\p{Extended_Pictographic}/u)
    expect(texts).not.toMatch(/(?:^|[\s"'(])\/(?:home|Users|tmp|usr)\/|[A-Z]:\\|NANONETS_API_KEY/m)
  })

  it('tells of errors by the titles that they have', () => {
    const rows = [...textOf(name, 'references/errors.md').matchAll(/^\| ([A-Z][^|]+) \| ([^|]+) \|/gm)].slice(1)
    const kinds = new Map(problemKinds().map(({ title, status }) => [title, String(status)]))
    expect(rows.length).toBeGreaterThan(5)
    for (const [, title = '', status] of rows) {
      expect(kinds.has(title)).toBe(true)
      if (title !== 'Refused by the upstream') expect([title, status]).toEqual([title, kinds.get(title)])
    }
  })

  it('stands where the capability says', () => {
    const at = declared(name).location?.replace(/^file:\/\/\//, '') ?? ''
    expect(join(dirname(bundledCapability()), at)).toBe(join(folder, name))
  })

  it('has three tasks to be measured with, made of its own tools', () => {
    const own = evals.filter((one) => one.skill === name)
    expect(own.length).toBeGreaterThanOrEqual(3)
    for (const { prompt, tools, assertions } of own) {
      expect(prompt.length).toBeGreaterThan(20)
      expect(assertions.length).toBeGreaterThanOrEqual(2)
      for (const tool of tools) expect(used(name)).toContain(tool)
    }
  })
})
