/** The SKILL.md of a skill: what the capability says of it, around a body that people write. */

import type { Plan, SkillPlan } from '../plan.ts'
import { blockYaml } from '../text/yaml.ts'
import { effectWords, neededInputs, usesOf } from './skill/uses.ts'

/** The lines between which the table of tools stands. */
const begin = '<!-- generated:tools -->'
const end = '<!-- /generated:tools -->'

/**
 * The text of a SKILL.md. `written` = what stands there: its body is kept, apart from the block between the two lines for
 * tools; without it a body to begin with is made. Always the six fields of agentskills.io, nothing else, in front.
 */
export function skillMarkdown(plan: Plan, skill: SkillPlan, written: string | undefined): string {
  const body = written === undefined ? firstBody(skill) : bodyOf(written)
  return `---\n${frontMatter(skill)}---\n${withTools(body, toolsBlock(plan, skill))}`
}

function frontMatter({ name, description, license, compatibility, metadata, allowedTools }: SkillPlan): string {
  return blockYaml({ name, description, license, compatibility, metadata, 'allowed-tools': allowedTools })
}

/** What stands below the front matter, or all of it where there is none. */
function bodyOf(written: string): string {
  const text = written.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  return /^---[\t ]*\n(?:.*\n)*?---[\t ]*\n([\s\S]*)$/.exec(text)?.[1] ?? `\n${text.trimStart()}`
}

/** A body without the two lines has no block: it is its author's to ask for one. */
function withTools(body: string, block: string): string {
  const [from, to] = [body.indexOf(begin), body.indexOf(end)]
  if (from < 0 || to < from) return body
  return `${body.slice(0, from + begin.length)}\n${block}${body.slice(to)}`
}

function toolsBlock(plan: Plan, skill: SkillPlan): string {
  const rows = usesOf(plan, skill).map((use) => {
    const needs = neededInputs(use.operation).map((name) => `\`${name}\``)
    return `| \`${use.called}\` | ${effectWords(use)} | ${needs.join(', ') || '—'} |\n`
  })
  return `## Tools\n\n| Tool | Effect | Needs |\n| --- | --- | --- |\n${rows.join('')}`
}

function firstBody({ name, tools }: SkillPlan): string {
  const words = name.replaceAll('-', ' ')
  const read = tools.flatMap((tool) =>
    tool.type === 'instruction' ? [`Read [${tool.instruction}](${tool.instruction}): ${tool.description}\n`] : [],
  )
  return `
# ${words.charAt(0).toUpperCase()}${words.slice(1)}

${begin}
${end}

If these tools are missing, read [references/connect.md](references/connect.md). Read
[references/tools.md](references/tools.md) for their inputs, and [references/errors.md](references/errors.md) when one
answers with an error.
${read.length > 0 ? `\n${read.join('')}` : ''}`
}
