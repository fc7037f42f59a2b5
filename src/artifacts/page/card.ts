/** One thing that can be done: in a line, and opened with every way to do it and a form. */

import type { RestPlan } from '../../plan.ts'
import { firstSentence } from '../../text/sentence.ts'
import { rehearses } from '../openapi/requests.ts'
import { requestsOf } from './effect.ts'
import { answersFrom, type PageFacts } from './facts.ts'
import { type Field, fieldHtml, fieldsOf } from './fields.ts'
import { attributes, breakable, type Html, html } from './html.ts'
import type { RestWay, SkillUse, Subject } from './subjects.ts'
import { type Values, waysHtml } from './ways.ts'

/** A card on the page of a surface: only the routes of that one can be called from there. */
export function cardHtml(subject: Subject, surface: RestPlan, facts: PageFacts, open: boolean): Html {
  const { id, effect, operation, routes } = subject
  const own = routes.find((way) => way.surface === surface)
  const fields = fieldsOf(operation, own?.route)
  const values = valuesOf(fields, facts)
  return html`<details class="card ${effect}"${attributes({ open })}>
<summary>${summaryHtml(subject)}</summary>
<div class="body" id="${id}">
${aboutHtml(subject)}
${waysHtml(subject, surface, values, facts)}
${own === undefined ? inputsHtml(id, fields) : formHtml(subject, own, fields, values, facts)}
</div>
</details>
`
}

/** What the form starts with: values the caller must give, where some are known that can be taken in at a glance. */
function valuesOf(fields: readonly Field[], { examples }: PageFacts): Values {
  const known = fields.flatMap(({ name, required }) => {
    const example = required && Object.hasOwn(examples, name) ? examples[name] : undefined
    return example === undefined || JSON.stringify(example).length > 2000 ? [] : [[name, example] as const]
  })
  return new Map(known)
}

function summaryHtml({ name, description, effect, routes, tools, skills }: Subject): Html {
  return html`<span class="does"><span class="name">${name}</span> <span class="about">${firstSentence(description)}</span></span>
<span class="badge ${effect}">${effect}</span>
${atHtml('REST', routes[0] && html`<code><b>${routes[0].route.method}</b> ${breakable(routes[0].route.path)}</code>`, routes.length)}
${atHtml('MCP tool', tools[0] && html`<code>${tools[0].tool.name}</code>`, tools.length)}
${atHtml('Skills', skills.length > 0 ? html`${skillNames(skills).join(', ')}` : undefined, 1)}`
}

/** Where it is found, and how many more there are. */
function atHtml(kind: string, first: Html | undefined, count: number): Html {
  const more = count > 1 && html` <span class="hint">+${count - 1}</span>`
  if (first === undefined) return html`<span class="at none"></span>`
  return html`<span class="at"><span class="kind">${kind}:</span> <span>${first}${more}</span></span>`
}

function skillNames(uses: readonly SkillUse[]): readonly string[] {
  return [...new Set(uses.map(({ skill }) => skill.name))]
}

function aboutHtml({ title, name, description, operation, effect }: Subject): Html {
  const repeats = effect === 'safe' ? undefined : repeatText(operation.semantics.idempotent)
  const said = title !== undefined && title !== name && html`<p><strong>${title}</strong></p>`
  return html`${said}${description !== '' && html`<p class="description">${description}</p>`}${
    repeats !== undefined && html`<p class="hint">${repeats}</p>`
  }`
}

function repeatText(idempotent: boolean | undefined): string | undefined {
  if (idempotent === undefined) return undefined
  return idempotent ? 'Doing it again does no more than doing it once.' : 'Each repeat does it once more.'
}

function inputsHtml(id: string, fields: readonly Field[]): Html {
  if (fields.length === 0) return html`<p class="hint">It takes no input.</p>`
  return html`<h3>Inputs</h3>${fieldsHtml(id, fields, new Map())}`
}

function fieldsHtml(id: string, fields: readonly Field[], values: Values): Html {
  return html`<div class="fields">${fields.map((field, i) => fieldHtml(field, `${id}.${i}`, values.get(field.name)))}</div>`
}

function formHtml(
  { id, name, effect, operation }: Subject,
  { route }: RestWay,
  fields: readonly Field[],
  values: Values,
  facts: PageFacts,
): Html {
  const called = new Set(requestsOf(operation.run).map(({ upstream }) => upstream))
  const { kind, word, text } = answersFrom([...called], facts)
  const form = {
    'data-method': route.method,
    'data-path': route.path,
    'data-effect': effect,
    'data-from': kind,
    'data-key': facts.queryKey,
    'aria-label': `Call ${name}`,
    autocomplete: 'off',
  }
  return html`<form${attributes(form)}>
<h3>Try it</h3>
${fields.length === 0 ? html`<p class="hint">It takes no input.</p>` : fieldsHtml(id, fields, values)}
<div class="send"><button class="${effect}">Call ${name}${effect === 'deletes' && ' …'}</button>
${rehearses(route) && html`<button name="dry_run" value="true">Dry run</button>`}
<span class="from ${kind}"><b>${word}</b> <span>${text}</span></span></div>
</form>
<section class="answer" aria-label="Answer of ${name}" hidden></section>`
}
