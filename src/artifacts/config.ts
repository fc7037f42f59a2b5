/** What is served, in a few facts for who operates it. Nothing in it is a secret: of credentials only their kind is told. */

import type { OperationPlan, Plan, SurfacePlan, UpstreamPlan, Value } from '../plan.ts'

export function configOf({ capability, binds, upstreams, operations, surfaces, roles, observability }: Plan) {
  return {
    capability,
    binds: binds.map(({ namespace, variable, location }) => ({
      namespace,
      variable,
      source: location ?? 'environment',
    })),
    consumes: upstreams.map(consumed),
    operations: operations.map(operation),
    exposes: surfaces.map(exposed),
    ...(roles === undefined ? {} : { roles }),
    ...(observability === undefined ? {} : { observability: { ...observability, otlp: observability.otlp && '…' } }),
  }
}

function consumed({ namespace, baseUri, authentication }: UpstreamPlan) {
  return { namespace, baseUri: address(baseUri), authentication: authentication?.type ?? 'none' }
}

/** An address may hold a user and a password. */
function address(value: Value): string {
  const text = value.type === 'literal' ? String(value.value) : value.type === 'text' ? value.source : '…'
  return text.replace(/\/\/[^/@]*@/, '//…@')
}

function operation({ name, semantics, run }: OperationPlan) {
  const requests = run.type === 'call' ? [run.request] : []
  const steps = run.type === 'steps' ? run.steps : []
  const called = [...requests, ...steps.flatMap((step) => (step.type === 'call' ? [step.request] : []))]
  return { name, semantics, run: run.type, calls: called.map((r) => `${r.upstream}.${r.operation}`) }
}

function exposed(surface: SurfacePlan) {
  const { type, namespace, address, port, authentication } = surface
  return { type, namespace, address, port, authentication: authentication?.type ?? 'none', ...size(surface) }
}

function size(surface: SurfacePlan) {
  switch (surface.type) {
    case 'rest':
      return { routes: surface.routes.length }
    case 'mcp':
      return { tools: surface.tools.length, resources: surface.resources.length, prompts: surface.prompts.length }
    case 'skill':
      return { skills: surface.skills.map(({ name }) => name) }
    case 'control':
      return {}
    default:
      return surface satisfies never
  }
}
