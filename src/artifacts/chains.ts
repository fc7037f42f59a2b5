/** Workflows that follow from a plan (Arazzo 1.0.1): read what is there, then change it; else each call by itself. */

import type { JsonSchema, Plan, RestPlan, RoutePlan } from '../plan.ts'
import { firstSentence } from '../text/sentence.ts'
import type { Members, WorkflowFacts, WorkflowStep } from './publish/publication.ts'
import { workflowOf } from './publish/workflows.ts'

/**
 * One workflow for each write that a safe flow of its aggregate, or the one that shows what gets lost, reads first; where
 * there is none, one for each call. Undefined = no call has a name of its own. `openapi` = where the description of the
 * surface is.
 */
export function chains(plan: Plan, surface: RestPlan, openapi: string): Members | undefined {
  const pairs = surface.routes.flatMap((write) => {
    const read = readOf(write, surface)
    return read === undefined ? [] : [workflowOf(`read-then-${write.name}`, chain(read, write), surface)]
  })
  const single = surface.routes.filter(({ name }) => isUnique(name, surface))
  const workflows = pairs.length > 0 ? pairs : single.map((route) => workflowOf(route.name, alone(route), surface))
  const { title, version } = plan.capability
  return workflows.length === 0
    ? undefined
    : {
        arazzo: '1.0.1',
        info: { title, version },
        sourceDescriptions: [{ name: 'surface', url: openapi, type: 'openapi' }],
        workflows,
      }
}

/** What the write reads itself when it is asked to look, or shows to a person who is asked. */
function readOf({ operation }: RoutePlan, { routes }: RestPlan): RoutePlan | undefined {
  const flow = operation.confirmation?.shows?.flow ?? operation.check?.flow
  return routes.find((route) => flow !== undefined && route.operation.name === flow && isUnique(route.name, { routes }))
}

const isUnique = (name: string, { routes }: Pick<RestPlan, 'routes'>) =>
  routes.filter((route) => route.name === name).length === 1

const inputsOf = ({ operation }: RoutePlan) =>
  (operation.input.schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>

function alone(route: RoutePlan): WorkflowFacts {
  const inputs = inputsOf(route)
  const description = route.description || route.name.replaceAll('-', ' ')
  return {
    summary: firstSentence(description),
    description,
    inputs,
    steps: [stepOf('call', route, Object.keys(inputs))],
  }
}

function chain(read: RoutePlan, write: RoutePlan): WorkflowFacts {
  const properties = inputsOf(write)
  const needed = Object.keys(inputsOf(read))
  const has = needed.filter((name) => Object.hasOwn(properties, name))
  return {
    summary: `Read, then ${write.name.replaceAll('-', ' ')}`,
    description: `Reads what is there, then: ${write.description}`,
    inputs: properties,
    steps: [stepOf('read', read, has), stepOf('write', write, Object.keys(properties))],
  }
}

function stepOf(id: string, { name, description }: RoutePlan, inputs: readonly string[]): WorkflowStep {
  return {
    id,
    operation: name,
    description,
    with: Object.fromEntries(inputs.map((input) => [input, `$inputs.${input}`])),
  }
}
