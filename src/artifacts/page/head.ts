/** The top of the page: what the capability is, who answers, and where its surfaces are. */

import type { Plan, RestPlan, SurfacePlan } from '../../plan.ts'
import { mcpClientEntry, skillInstall } from '../paste.ts'
import { answersFrom, type PageFacts } from './facts.ts'
import { breakable, type Html, html } from './html.ts'
import type { Subject } from './subjects.ts'
import { commandHtml } from './ways.ts'

export function headHtml(plan: Plan, subjects: readonly Subject[], facts: PageFacts): Html {
  const { title, description, version, format, tags } = plan.capability
  const { kind, word, text } = answersFrom(
    plan.upstreams.map(({ namespace }) => namespace),
    facts,
  )
  return html`<header>
<p class="banner ${kind}"><b>${word}</b> <span>${text}</span></p>
<h1>${title}</h1>
${description !== '' && html`<p class="lead">${description}</p>`}
<p class="hint">${[`Version ${version}`, format, countsOf(subjects), ...tags].filter((part) => part !== '').join(' · ')}</p>
</header>
`
}

/** How many of each kind, e.g. `3 safe, 5 change, 1 deletes`. */
function countsOf(subjects: readonly Subject[]): string {
  const kinds = (['safe', 'changes', 'deletes'] as const).map((effect) => {
    const count = subjects.filter((subject) => subject.effect === effect).length
    return count === 0 ? [] : `${count} ${count > 1 ? effect.replace(/s$/, '') : effect}`
  })
  return kinds.flat().join(', ')
}

/** Where each surface is and what to paste to use it. */
export function surfacesHtml(plan: Plan, own: RestPlan, facts: PageFacts): Html {
  return html`<section id="surfaces" aria-labelledby="surfaces-heading"><h2 id="surfaces-heading">Surfaces</h2>
<div class="tiles">${plan.surfaces.map((surface) => tileHtml(surface, surface === own, facts))}</div></section>
`
}

function tileHtml(surface: SurfacePlan, here: boolean, facts: PageFacts): Html {
  const url = facts.addresses.get(surface.namespace) ?? ''
  switch (surface.type) {
    case 'rest': {
      const description = here ? '/openapi.yaml' : `${url}/openapi.yaml`
      return html`<div class="tile"><h3>REST</h3><p><code>${url}</code></p>
<p><a href="${description}">OpenAPI description</a></p></div>
`
    }
    case 'mcp':
      return html`<div class="tile"><h3>MCP</h3>${
        surface.transport === 'stdio'
          ? html`<p>Over stdio: the command <code>mcp</code> starts it.</p>`
          : html`<p><code>${url}/mcp</code></p>${commandHtml(mcpClientEntry(surface.namespace, url, 1), 'entry for an MCP client')}`
      }</div>
`
    case 'skill':
      return html`<div class="tile"><h3>Agent Skills</h3><p><code>${url}/skills</code></p>${commandHtml(skillInstall(url), 'command that installs the skills')}</div>
`
    case 'control':
      return html`<div class="tile"><h3>Control</h3><p><code>${breakable(`${url}/health/ready`)}</code></p></div>
`
    default:
      return surface satisfies never
  }
}

/** Every skill with what it is for. */
export function skillsHtml(plan: Plan): Html | undefined {
  const skills = plan.surfaces.flatMap((surface) => (surface.type === 'skill' ? surface.skills : []))
  if (skills.length === 0) return undefined
  return html`<section id="skills" aria-labelledby="skills-heading"><h2 id="skills-heading">Skills</h2>
${skills.map(
  ({ name, description, tools }) => html`<article class="skill" id="skill-${name}"><h3>${name}</h3>
<p>${description}</p><p class="hint">Uses ${tools.map((tool) => tool.name).join(', ') || 'no tool'}.</p></article>
`,
)}</section>
`
}
