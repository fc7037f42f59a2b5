/** The ways to do a thing, side by side: its REST calls, its MCP tools, the skills that use it. */

import type { Json, RestPlan } from '../../plan.ts'
import { keyName } from '../openapi-security.ts'
import type { PageFacts } from './facts.ts'
import { type Field, fieldsOf } from './fields.ts'
import { attributes, breakable, type Html, html } from './html.ts'
import { curlOf, type Placed, requestOf } from './request.ts'
import type { McpWay, RestWay, SkillUse, Subject } from './subjects.ts'

/** Values that are known, by the name of the input. */
export type Values = ReadonlyMap<string, Json>

export function waysHtml({ routes, tools, skills }: Subject, own: RestPlan, values: Values, facts: PageFacts): Html {
  const rest = routes.map((way) => restHtml(way, way.surface === own && way.route === routes[0]?.route, values, facts))
  return html`<div class="ways">
${wayHtml('REST', rest)}
${wayHtml(
  'MCP tool',
  tools.map((way) => mcpHtml(way, values, facts)),
)}
${wayHtml('Agent Skills', skills.map(skillHtml))}
</div>`
}

function wayHtml(heading: string, ways: readonly Html[]): Html {
  return html`<section class="way"><h3>${heading}</h3>
${ways.length > 0 ? ways : html`<p class="hint">None.</p>`}</section>`
}

/** `followed`: the command follows what stands in the form, unless a part of it can't stand there. */
function restHtml({ surface, route }: RestWay, followed: boolean, values: Values, facts: PageFacts): Html {
  const { method, path, operation } = route
  const inputs: readonly Placed[] = fieldsOf(operation, route).flatMap((field) =>
    field.place === undefined ? [] : [{ ...field.place, ...shownValue(field, field.place.key, values) }],
  )
  const followable = followed && inputs.every((input) => input.in !== 'cookie')
  const request = requestOf(method, path, [...inputs, ...keyInQuery(surface.authentication)])
  const who = credentialOf(surface.authentication)
  const command = curlOf(request, facts.addresses.get(surface.namespace) ?? '', who)
  return html`<p><code><b>${method}</b> ${breakable(path)}</code></p>
${commandHtml(command, 'curl command', followable ? { 'data-curl': who.join('\n') } : {})}`
}

type Authentication = RestPlan['authentication']

/** The arguments of curl that say who calls. */
function credentialOf(authentication: Authentication): readonly string[] {
  switch (authentication?.type) {
    case 'basic':
      return ['-u "$USERNAME:$PASSWORD"']
    case 'digest':
      return ['--digest', '-u "$USERNAME:$PASSWORD"']
    case 'bearer':
    case 'oauth2':
      return ['-H "Authorization: Bearer $TOKEN"']
    case 'apikey':
      return authentication.placement === 'query' ? [] : [`-H "${keyName(authentication.key)}: $API_KEY"`]
    default:
      return []
  }
}

function keyInQuery(authentication: Authentication): readonly Placed[] {
  if (authentication?.type !== 'apikey' || authentication.placement !== 'query') return []
  const key = keyName(authentication.key)
  return [{ in: 'query', key, value: `{${key}}`, standIn: true }]
}

function mcpHtml({ surface, tool }: McpWay, values: Values, facts: PageFacts): Html {
  const given = fieldsOf(tool.operation).map((field) => [field.name, shownValue(field, field.name, values).value])
  const where = surface.transport === 'stdio' ? 'over stdio' : `at ${facts.addresses.get(surface.namespace) ?? ''}/mcp`
  return html`<p><code>${tool.name}</code> <span class="hint">${where}</span></p>
${commandHtml(JSON.stringify(Object.fromEntries(given), null, 1), 'arguments', { 'data-arguments': true })}
<p class="hint">${hintsOf(tool, facts)}</p>`
}

function hintsOf({ annotations, operation }: McpWay['tool'], { unconfirmed }: PageFacts): string {
  const hints = Object.entries(annotations).flatMap(([name, value]) =>
    typeof value === 'boolean' ? `${name.replace('Hint', '')}: ${value ? 'yes' : 'no'}` : [],
  )
  const asks = operation.confirmation !== undefined && unconfirmed !== true
  return [...hints, ...(asks ? ['a person is asked first'] : [])].join(' · ')
}

function skillHtml({ skill, tool }: SkillUse): Html {
  return html`<p><a href="#skill-${skill.name}">${skill.name}</a></p><p class="hint">${tool.description}</p>
`
}

/** Something to paste; the script adds a button that copies it. */
export function commandHtml(text: string, label: string, more: Readonly<Record<string, string | boolean>> = {}): Html {
  return html`<pre data-label="${label}"><code${attributes(more)}>${text}</code></pre>`
}

/** In a command: the value, its name in braces, or nothing. A long value would bury the command it stands in. */
function shownValue({ name, required }: Field, key: string, values: Values): Pick<Placed, 'value' | 'standIn'> {
  const value = values.get(name)
  if (value !== undefined && JSON.stringify(value).length <= 300) return { value }
  return required || value !== undefined ? { value: `{${key}}`, standIn: true } : { value: undefined }
}
