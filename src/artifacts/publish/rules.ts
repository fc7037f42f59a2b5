/** The words of a capability, the rules that its description keeps, and the kinds of its refusals. */

import { declaration, frame, yamlFile } from './frame.ts'
import type { Edition, Published } from './publication.ts'

/** `vocabulary/<slug>-vocabulary.yaml`: the ending is the one that the builder of APIs.io looks for. */
export function vocabularyFiles(edition: Edition): readonly Published[] {
  const { facts, plan, rest } = edition
  const { vocabulary } = facts
  if (vocabulary === undefined) return []
  const workflows = Object.entries(facts.workflows ?? {})
  const value = {
    ...frame(edition, 'Words of the capability: what there is, what can be done with it, and who does it.'),
    vocabulary: '1.0.0',
    operational: {
      apis: plan.upstreams.map(({ namespace }) => namespace),
      resources: [...new Set(rest?.routes.map(({ resource }) => resource) ?? [])],
      actions: plan.operations.map(({ name, semantics }) => ({ name, safe: semantics.safe === true })),
      terms: Object.entries(facts.terms ?? {}).map(([name, { description }]) => ({ name, description })),
    },
    capability: {
      name: plan.capability.title,
      workflows: workflows.map(([name, { summary, steps }]) => ({
        name,
        description: summary,
        operations: [...new Set(steps.map(({ operation }) => operation))],
      })),
      personas: vocabulary.personas,
      domains: vocabulary.domains,
    },
  }
  const listing = { type: 'Vocabulary', of: 'common', name: 'Words of the capability' } as const
  return [yamlFile(`vocabulary/${facts.index.slug}-vocabulary.yaml`, value, listing)]
}

/** What the description of every surface promises, as Spectral checks it. */
const ruleset = `extends: [[spectral:oas, recommended]]
rules:
  write-takes-key:
    description: A write can be made once, however often it is sent.
    severity: warn
    given: &writes "$.paths[*][?(@property === 'post' || @property === 'put' || @property === 'patch' || @property === 'delete')]"
    then:
      field: parameters
      function: schema
      functionOptions:
        schema: { type: array, contains: { type: object, properties: { name: { const: Idempotency-Key } }, required: [name] } }
  write-can-be-tried:
    description: A write can be checked without sending it.
    severity: warn
    given: *writes
    then:
      field: parameters
      function: schema
      functionOptions:
        schema: { type: array, contains: { type: object, properties: { name: { const: dry_run } }, required: [name] } }
  refusal-is-a-problem:
    description: Refusals are problem details (RFC 9457).
    severity: error
    given: $.components.responses[*].content
    then: { field: application/problem+json, function: truthy }
  other-refusals-are-described:
    description: Every operation says what any other refusal looks like.
    severity: warn
    given: $.paths[*][*].responses
    then: { field: default, function: truthy }
  id-is-described:
    description: Ids are mixed up where nobody says which is meant.
    severity: info
    given: $.paths[*][*].parameters[?(@.in === 'path')]
    then: { field: description, function: truthy }
  operation-id-is-a-name:
    description: Names are small letters, digits and hyphens, and a dot where one is not enough.
    severity: info
    given: $.paths[*][*].operationId
    then: { function: pattern, functionOptions: { match: '^[a-z][a-z0-9.-]*$' } }
`

/** `rules/<slug>-rules.yml` for Spectral. */
export function ruleFiles(edition: Edition): readonly Published[] {
  const { facts, rest } = edition
  if (rest === undefined) return []
  const comment = `# ${declaration(edition)} What every surface of this program keeps.\n`
  const listed = [{ type: 'SpectralRules', of: 'common', name: 'Rules that the description keeps' } as const]
  return [{ path: `rules/${facts.index.slug}-rules.yml`, text: `${comment}\n${ruleset}`, listed }]
}

/** `errors/<slug>-problem-types.yml`, and `-error-codes.yml` of the API that is called. */
export function errorFiles(edition: Edition): readonly Published[] {
  return [...problemFiles(edition), ...codeFiles(edition)]
}

function codeFiles(edition: Edition): readonly Published[] {
  const { upstream, index } = edition.facts
  if (upstream?.errors === undefined) return []
  const { note, source, codes } = upstream.errors
  const value = { ...frame(edition, note, source), codes }
  const listing = { type: 'ErrorCodes', of: 'upstream', name: `Error codes of the ${upstream.name}` } as const
  return [yamlFile(`errors/${index.slug}-error-codes.yml`, value, listing)]
}

function problemFiles(edition: Edition): readonly Published[] {
  const { facts, rest, problems } = edition
  if (rest === undefined) return []
  const value = {
    ...frame(edition, 'Every refusal of the REST surface. A refusal by the API that is called keeps its 4xx status.'),
    envelope: { mediaType: 'application/problem+json', standard: 'https://www.rfc-editor.org/rfc/rfc9457' },
    types: problems.map(({ code, status, title }) => ({ type: `urn:capability:problem:${code}`, status, title })),
  }
  const listing = { type: 'ErrorCatalog', of: 'rest', name: 'Kinds of refusals' } as const
  return [yamlFile(`errors/${facts.index.slug}-problem-types.yml`, value, listing, { ...listing, of: 'common' })]
}
