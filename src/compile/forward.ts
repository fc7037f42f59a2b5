/** `forward` of a REST resource: which consumed API its requests go to, and what of them (spec-servers §3.6). */

import type { ForwardPlan, ParameterPlan, SegmentPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import type { Known } from './known.ts'
import { segmentsOf } from './rest-parameters.ts'
import { compileText, unknownName } from './scope.ts'

/** Headers that belong to one connection or are made anew for the next (RFC 9110 §7.6.1). */
const ofTheConnection = new Set(
  'connection host keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade content-length expect'.split(
    ' ',
  ),
)

/** The resources of a surface that forward. An unknown target and a header that can't go on are reported. */
export function compileForwards(surface: doc.ExposesRest, known: Known): readonly ForwardPlan[] {
  const resources = child(surface.pointer, 'resources')
  return [...surface.resources].flatMap(([name, resource]) => {
    if (resource.forward === undefined) return []
    const pointer = child(child(resources, name), 'forward')
    const { targetNamespace } = resource.forward
    const api = known.apis.get(targetNamespace)
    if (api !== undefined) return [compileForward(name, resource, resource.forward, api, known, pointer)]
    known.report(
      'unknown-namespace',
      child(pointer, 'targetNamespace'),
      unknownName(targetNamespace, [...known.apis.keys()]),
    )
    return []
  })
}

function compileForward(
  name: string,
  resource: doc.ExposedResource,
  { trustedHeaders = [] }: doc.Forward,
  api: doc.Consumes,
  known: Known,
  pointer: string,
): ForwardPlan {
  const segments = segmentsOf(resource.path)
  const last = segments.at(-1)
  const open = last !== undefined && 'variable' in last && last.variable === 'path'
  trustedHeaders.forEach((header, i) => {
    if (!ofTheConnection.has(header.toLowerCase())) return
    known.report('untrusted-header', child(child(pointer, 'trustedHeaders'), i), { header })
  })
  const trusted = trustedHeaders.map((header) => header.toLowerCase()).filter((header) => !ofTheConnection.has(header))
  return {
    resource: name,
    description: resource.description ?? api.description ?? '',
    path: `/${segments.map(shown).join('/')}`,
    segments: open ? segments.slice(0, -1) : segments,
    open,
    upstream: api.namespace,
    trustedHeaders: trusted,
    query: fixedIn('query', api, known),
    headers: fixedIn('header', api, known),
  }
}

const shown = (segment: SegmentPlan) => ('variable' in segment ? `{${segment.variable}}` : segment.literal)

/** What the API itself is sent with every request; what only a call could fill in is not. */
function fixedIn(place: 'query' | 'header', api: doc.Consumes, known: Known): readonly ParameterPlan[] {
  return [...api.inputParameters].flatMap(([name, input]) => {
    if (input.in !== place || input.value === undefined) return []
    const at = child(child(child(api.pointer, 'inputParameters'), name), 'value')
    const { value } = input
    return [
      {
        name,
        value:
          typeof value === 'string'
            ? compileText(value, known.binds, known.report, at)
            : ({ type: 'literal', value } as const),
      },
    ]
  })
}
