/** The skills of the bundle: what their files say is what the capability says, and their examples fit its tools. */

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { bundledCapability, load, type McpPlan, type Plan, type SkillPlan } from '../src/index.ts'

const folder = fileURLToPath(new URL('../skills', import.meta.url))
const names = ['nanonets-correct-and-approve']

let plan: Plan
beforeAll(async () => {
  plan = (await load(bundledCapability())).plan
})

function mcp(): McpPlan {
  return plan.surfaces.find((s) => s.type === 'mcp') as McpPlan
}

function declared(name: string): SkillPlan {
  const surface = plan.surfaces.find((s) => s.type === 'skill')
  const skill = surface?.skills.find((s) => s.name === name)
  if (skill === undefined) throw new Error(`the capability declares no skill "${name}"`)
  return skill
}

function read(name: string) {
  const text = readFileSync(join(folder, name, 'SKILL.md'), 'utf8')
  const [, frontMatter = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? []
  return { frontMatter: parse(frontMatter) as Record<string, unknown>, body }
}

it('every skill of the capability has a folder', () => {
  const surface = plan.surfaces.find((s) => s.type === 'skill')
  expect(surface?.skills.map((s) => s.name)).toEqual(names)
})

describe.each(names)('the skill %s', (name) => {
  it('says in its front matter what the capability says, in the six fields of the specification', () => {
    const { description, license, compatibility, metadata, allowedTools } = declared(name)
    const expected = { name, description, license, compatibility, metadata, 'allowed-tools': allowedTools }
    expect(read(name).frontMatter).toEqual(JSON.parse(JSON.stringify(expected)))
  })

  it('describes when to use it and what it is not for, within the limits', () => {
    const { description, compatibility = '' } = declared(name)
    expect(description).toMatch(/Use when/)
    expect(description).toMatch(/Not for/)
    expect(description.length).toBeLessThanOrEqual(1024)
    expect(compatibility.length).toBeLessThanOrEqual(500)
    expect(read(name).body.split('\n').length).toBeLessThanOrEqual(220)
  })

  it('mentions only tools that exist and that it declares', () => {
    const mentioned = [...read(name).body.matchAll(/`?([a-z-]+):([a-z-]+)[`"]/g)].map(([, server, tool]) => [
      server,
      tool,
    ])
    const derived = declared(name).tools.flatMap((t) => (t.type === 'derived' ? [t.action] : []))
    expect(mentioned.length).toBeGreaterThan(0)
    for (const [server, tool] of mentioned) {
      expect(server).toBe(mcp().namespace)
      expect(derived).toContain(tool)
    }
  })

  it('gives examples that the tools accept', () => {
    const examples = [...read(name).body.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => JSON.parse(json))
    expect(examples.length).toBeGreaterThan(0)
    for (const { tool, arguments: args } of examples) {
      const found = mcp().tools.find((t) => `${mcp().namespace}:${t.name}` === tool)
      expect(found?.operation.input.validate(args)).toEqual([])
    }
  })

  it('links only files that it holds, and declares what it tells the reader to read', () => {
    const links = [...read(name).body.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => path)
    for (const path of links) expect(existsSync(join(folder, name, path))).toBe(true)
    const instructions = declared(name).tools.flatMap((t) => (t.type === 'instruction' ? [t.instruction] : []))
    expect(new Set(links)).toEqual(new Set(instructions))
  })

  it('stands where the capability says', () => {
    const at = declared(name).location?.replace(/^file:\/\/\//, '') ?? ''
    expect(join(dirname(bundledCapability()), at)).toBe(join(folder, name))
  })
})
