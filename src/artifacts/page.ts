/** A page to look at: everything that a capability can do, how to ask for it, and forms that do ask. */

import type { Plan, RestPlan } from '../plan.ts'
import { cardHtml } from './page/card.ts'
import { script } from './page/client.ts'
import { openedHtml } from './page/document.ts'
import type { PageFacts } from './page/facts.ts'
import { headHtml, skillsHtml, surfacesHtml } from './page/head.ts'
import { type Content, type Html, html, verbatim } from './page/html.ts'
import { style } from './page/style.ts'
import { type Subject, subjectsOf } from './page/subjects.ts'
import { type PageTrace, tracesHtml } from './page/traces.ts'

/** What stands inline, for a policy that lets nothing else run. */
export const inline = { style, script: script() } as const

/** What stays the same between two looks at a page, and what is put into it at each. */
export type Page = (traces?: readonly PageTrace[]) => string

/**
 * The page of one REST surface. What it answers makes the whole HTML document with the traces, newest first; without
 * them it has no such section. The same plan, facts and traces always give the same text.
 */
export function page(plan: Plan, surface: RestPlan, facts: PageFacts): Page {
  const { subjects, unexposed } = subjectsOf(plan)
  const before = html`${openedHtml(plan.capability.title, style)}
<a class="skip" href="#main">Skip to the operations</a>
${headHtml(plan, subjects, facts)}<main id="main">
${operationsHtml(subjects, unexposed, surface, facts)}
${surfacesHtml(plan, surface, facts)}
${skillsHtml(plan)}`.html
  return (traces) => `${before}${traces === undefined ? '' : tracesSection(traces).html}${bottom.html}`
}

function operationsHtml(
  subjects: readonly Subject[],
  unexposed: readonly string[],
  surface: RestPlan,
  facts: PageFacts,
): Html {
  const groups = groupsOf(subjects)
  const cards = (group: readonly Subject[]) => group.map((one) => cardHtml(one, surface, facts, subjects.length === 1))
  return html`<section id="operations" aria-labelledby="operations-heading">
<div class="bar"><h2 id="operations-heading">Operations</h2>${filter(subjects.length)}</div>
<noscript><p class="hint">Calling from this page needs JavaScript; the commands do the same without.</p></noscript>
${columns}
${groups.map(([name, group]) => html`<div class="group">${groups.length > 1 && html`<h3>${name}</h3>`}${cards(group)}</div>`)}
<p class="hint" id="nothing" hidden>No operation has this in its name, its description or its path.</p>
${unexposed.length > 0 && html`<p class="hint">On no surface: ${unexposed.join(', ')}.</p>`}
</section>`
}

/** By what they stand with, unless that would part almost each from the others. */
function groupsOf(subjects: readonly Subject[]): readonly (readonly [string, readonly Subject[]])[] {
  const names = [...new Set(subjects.map(({ group }) => group))]
  if (names.length * 3 > subjects.length) return [['', subjects]]
  return names.map((name) => [name, subjects.filter(({ group }) => group === name)])
}

const columns = html`<div class="columns" aria-hidden="true"><span>Operation</span><span>Effect</span><span>REST</span><span>MCP tool</span><span>Skills</span></div>`

/** A list that is seen at once needs no search. */
function filter(count: number): Content {
  if (count < 8) return undefined
  return html`<label class="filter"><span class="sr">Filter the operations</span><input type="search" id="filter" placeholder="Filter ${count} operations" autocomplete="off"></label>`
}

function tracesSection(traces: readonly PageTrace[]): Html {
  return html`<section id="traces" aria-labelledby="traces-heading">
<div class="bar"><h2 id="traces-heading">Last calls</h2><button type="button" id="refresh">Refresh</button></div>
${tracesHtml(traces)}
</section>`
}

const dialog = html`<dialog id="ask" aria-labelledby="ask-heading" aria-describedby="ask-text"><form method="dialog">
<h2 id="ask-heading"></h2><p id="ask-text"></p><pre><code id="ask-request"></code></pre>
<div class="send"><button value="no" autofocus>Cancel</button><button value="yes" class="deletes" id="ask-yes"></button></div>
</form></dialog>`

const bottom = html`
</main>
<footer><p class="hint">Made from the capability. Programs read <a href="/openapi.yaml">its OpenAPI description</a>.</p></footer>
${dialog}
<script>${verbatim(inline.script)}</script>
</body>
</html>
`
