/** What the SKILL.md of each skill says of it, held against what the capability says (agentskills.io, specification). */

import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report } from '../diagnostics.ts'
import { apart } from '../text/apart.ts'
import { fileOf } from '../text/file-uri.ts'
import { child } from '../text/pointer.ts'
import type * as doc from './document.ts'
import type { Text } from './source.ts'
import { validateSchema } from './validate.ts'

/** How a file beside the capability is read as YAML, and what is wrong with it told at its place. */
export interface Reading {
  /** Undefined for what does not parse, which is told then. */
  readonly parse: (file: string, text: string) => Promise<Text | undefined>
  readonly reporter: (text: Text) => Report
}

/** Reports skills without a SKILL.md, SKILL.md that break their rules, and what they say otherwise than the document. */
export async function checkFrontMatter(document: doc.Document, directory: string, report: Report, reading: Reading) {
  const surfaces = document.exposes.flatMap((surface) => (surface.type === 'skill' ? [surface] : []))
  const skills = surfaces.flatMap(({ pointer, skills }) =>
    [...skills].map(([name, skill]) => [name, skill, child(child(pointer, 'skills'), name)] as const),
  )
  await Promise.all(
    skills.map(async ([name, skill, pointer]) => {
      const folder = skill.location === undefined ? undefined : fileOf(skill.location, directory)
      if (folder === undefined) return
      const value = await frontMatterOf(name, folder, child(pointer, 'location'), report, reading)
      if (value !== undefined) compare(name, skill, value, pointer, report)
    }),
  )
}

type FrontMatter = Readonly<Record<string, unknown>>

async function frontMatterOf(skill: string, folder: string, at: string, report: Report, reading: Reading) {
  const file = join(folder, 'SKILL.md')
  const text = await textOf(file)
  if (text === undefined) return report('no-skill-file', at, { skill })
  const yaml = frontMatterText(text)
  if (yaml === undefined) return report('no-front-matter', at, { skill })
  const parsed = await reading.parse(file, yaml)
  if (parsed === undefined) return undefined
  const value = parsed.value ?? {}
  return parsed.checked || validateSchema('skill', value, reading.reporter(parsed)) ? (value as FrontMatter) : undefined
}

/** A link is not followed where skills are served, so it is not here. */
async function textOf(file: string): Promise<string | undefined> {
  const found = await lstat(file).catch(() => undefined)
  return found?.isFile() === true ? readFile(file, 'utf8') : undefined
}

/** With the line that opens it, so that its lines are those of the file; undefined where there is none. */
export function frontMatterText(markdown: string): string | undefined {
  return /^\uFEFF?(---[\t ]*\r?\n(?:.*\r?\n)*?)---[\t ]*(?:\r?\n|$)/.exec(markdown)?.[1]?.replaceAll('\r\n', '\n')
}

const fields = ['description', 'license', 'compatibility', 'allowed-tools'] as const

function compare(name: string, skill: doc.Skill, said: FrontMatter, pointer: string, report: Report) {
  const differ = (field: string, here: unknown, at: string) => {
    const texts = apart(shown(here), shown(said[field]))
    if (texts !== undefined) report('front-matter-differs', at, { field, here: texts[0], there: texts[1] })
  }
  differ('name', name, pointer)
  for (const field of fields) differ(field, skill[field], skill[field] === undefined ? pointer : child(pointer, field))
  differ('metadata', skill.metadata, skill.metadata === undefined ? pointer : child(pointer, 'metadata'))
}

/** A map says the same in any order. */
function shown(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  return Object.entries(value as object)
    .map(([key, text]) => `${key}: ${text}`)
    .sort()
    .join(', ')
}
