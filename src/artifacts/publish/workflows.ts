/** Workflows over the REST surface (Arazzo 1.0.1). */

import type { Json, RestPlan, RoutePlan } from '../../plan.ts'
import { yamlText } from '../../text/yaml.ts'
import { operationId } from '../openapi/requests.ts'
import { declaration } from './frame.ts'
import { bodyOf, openapiPath } from './openapi.ts'
import type { Edition, Members, Published, WorkflowFacts, WorkflowStep } from './publication.ts'
import { inputsIn } from './schemas.ts'

/** `arazzo/<slug>-<workflow>-workflow.yml`. Every step calls an operation that the surface has. */
export function workflowFiles(edition: Edition): readonly Published[] {
  const { facts, rest, plan } = edition
  if (rest === undefined) return []
  return Object.entries(facts.workflows ?? {}).map(([name, workflow]) => {
    const value = {
      arazzo: '1.0.1',
      info: { title: workflow.summary, version: plan.capability.version, description: workflow.description },
      sourceDescriptions: [{ name: 'surface', url: `../${openapiPath(edition)}`, type: 'openapi' }],
      workflows: [workflowOf(name, workflow, rest)],
    }
    const comment = declaration(edition)
    const listed = [{ type: 'Arazzo', of: 'rest', name: workflow.summary } as const]
    return { path: `arazzo/${facts.index.slug}-${name}-workflow.yml`, text: yamlText(value, comment), listed }
  })
}

/** One workflow over the REST surface. Throws Error for a step whose operation the surface does not have. */
export function workflowOf(workflowId: string, workflow: WorkflowFacts, rest: RestPlan): Members {
  const { summary, description, inputs, steps, outputs } = workflow
  const required = Object.entries(inputs).flatMap(([name, schema]) => ('default' in schema ? [] : [name]))
  return {
    workflowId,
    summary,
    description,
    inputs: { type: 'object', properties: inputs, required },
    steps: steps.map((step) => stepOf(step, rest)),
    ...(outputs === undefined ? {} : { outputs }),
  }
}

function stepOf(step: WorkflowStep, rest: RestPlan): Members {
  const route = rest.routes.find(({ name }) => name === step.operation)
  if (route === undefined) throw new Error(`Unexpected: a step calls "${step.operation}", which is no operation`)
  const body = bodyOf(route, step.with)
  return {
    stepId: step.id,
    description: step.description,
    operationId: operationId(route, rest),
    parameters: parametersOf(step, route),
    ...(Object.keys(body).length > 0 ? { requestBody: { contentType: 'application/json', payload: body } } : {}),
    successCriteria: [done(route), ...(step.expect ?? [])].map((condition) => ({ condition })),
    ...(step.outputs === undefined ? {} : { outputs: step.outputs }),
  }
}

/** A write that waits for a person answers 202: the workflow stops there, and goes on once they have said yes. */
function done({ operation }: RoutePlan): string {
  return operation.semantics.safe === true ? '$statusCode == 200' : '$statusCode == 200 || $statusCode == 204'
}

function parametersOf({ with: input, key }: WorkflowStep, route: RoutePlan): readonly Members[] {
  const places = ['path', 'query', 'header'] as const
  const read = places.flatMap((place) =>
    Object.entries(inputsIn(place, route, input)).map(([name, value]): Members => ({ name, in: place, value })),
  )
  const once: readonly Json[] = key === undefined ? [] : [{ name: 'Idempotency-Key', in: 'header', value: key }]
  return [...read, ...(once as readonly Members[])]
}
