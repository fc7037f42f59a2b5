/** Who may do what: operations as agents meet them, what callers and this program have to bring, what can be undone. */

import type {
  CallerAuthenticationPlan,
  ConfirmRulePlan,
  OperationPlan,
  RoutePlan,
  UpstreamAuthenticationPlan,
} from '../../plan.ts'
import { isKeyed, operationId, rehearses } from '../openapi/requests.ts'
import { frame, present, yamlFile } from './frame.ts'
import type { Edition, Members, Published, ReversalFacts } from './publication.ts'

/** `agentic-access/<slug>-agentic-access.yml`: what each operation does, and when a person is asked. */
export function accessFiles(edition: Edition): readonly Published[] {
  const { rest, facts } = edition
  if (rest === undefined) return []
  const operations = rest.routes.map((route) => ({
    path: route.path,
    method: route.method,
    operationId: operationId(route, rest),
    'x-agentic-access': accessOf(route, edition),
  }))
  const value = {
    ...frame(edition, 'What each operation does to whom, and when a person has to be asked.'),
    summary: countsOf(rest.routes),
    operations,
  }
  const listing = { type: 'AgenticAccess', of: 'rest', name: 'Access of agents' } as const
  return [
    yamlFile(`agentic-access/${facts.index.slug}-agentic-access.yml`, value, listing, { ...listing, of: 'common' }),
  ]
}

function accessOf(route: RoutePlan, { facts }: Edition): Members {
  const { operation } = route
  const { name, confirmation, semantics, policy } = operation
  const triggers = [...(confirmation?.when ?? []).map(ruleText), ...(facts.escalation?.[name] ?? [])]
  const always = confirmation !== undefined && confirmation.when === undefined
  const asked = always ? 'required' : triggers.length > 0 ? 'conditional' : 'none'
  return present({
    'action-class': semantics.safe === true ? 'connected' : 'acting',
    consequence: consequenceOf(operation),
    idempotent: semantics.idempotent === true,
    'idempotency-key': isKeyed(route),
    'dry-run': rehearses(route),
    escalation: present({
      'human-in-the-loop': asked,
      enforced: confirmation !== undefined,
      triggers: triggers.length > 0 ? triggers : undefined,
    }),
    scopes: policy?.scopes,
    reversal: reversalOf(facts.reversals?.[name]),
    audit: semantics.safe === true ? 'none' : 'required',
  })
}

/** Which calls this program asks about, in words. */
function ruleText(rule: ConfirmRulePlan): string {
  switch (rule.type) {
    case 'first':
      return 'the first call of a caller'
    case 'present':
      return `${rule.path.source} finds something in the input`
    case 'is':
      return `${rule.path.source} is ${JSON.stringify(rule.value)}`
    case 'count':
      return `${rule.path.source} finds more than ${rule.over}`
    case 'value':
      return `${rule.path.source} is over ${rule.over}`
  }
}

const reversalOf = (reversal: ReversalFacts | undefined) =>
  reversal === undefined ? undefined : present({ ...reversal })

/** A DELETE loses what it names, whatever it is called here. */
function consequenceOf({ semantics, run }: OperationPlan): string {
  if (semantics.safe === true) return 'read'
  const requests = run.type === 'call' ? [run.request] : run.type === 'steps' ? run.steps.flatMap(requestsOf) : []
  return requests.some(({ method }) => method === 'DELETE') ? 'delete' : 'write'
}

const requestsOf = (step: { readonly type: string; readonly request?: { readonly method: string } }) =>
  step.request === undefined ? [] : [step.request]

function countsOf(routes: readonly RoutePlan[]): Members {
  const of = (consequence: string) => routes.filter(({ operation }) => consequenceOf(operation) === consequence).length
  const asked = routes.filter(({ operation }) => operation.confirmation !== undefined).length
  return {
    operations: routes.length,
    read: of('read'),
    write: of('write'),
    delete: of('delete'),
    'asks-a-person': asked,
  }
}

/** `authentication/<slug>-authentication.yml`. */
export function authenticationFiles(edition: Edition): readonly Published[] {
  const { plan, facts, rest, mcp } = edition
  const { upstream } = facts
  const surfaces = [rest, mcp].flatMap((surface) => (surface === undefined ? [] : [surface]))
  const value = {
    ...frame(edition, 'What a caller of a surface brings, and what this program brings to the API that it calls.'),
    surfaces: surfaces.map(({ type, namespace, address, authentication }) => ({
      surface: type,
      namespace,
      scheme: authentication?.type ?? 'none',
      ...(authentication === undefined ? { note: withoutCredential(address) } : scopesOf(authentication)),
    })),
    upstreams: plan.upstreams.map(({ namespace, authentication }) => ({
      namespace,
      scheme: authentication?.type ?? 'none',
      ...(namespace === upstream?.namespace
        ? present({ note: upstream.authentication, source: upstream.authenticationSource })
        : {}),
    })),
    variables: plan.binds.map(({ key, optional }) => ({ name: key, required: optional !== true, secret: true })),
    passing: 'The credential of a caller ends at the surface; the one for the API stays in this program.',
  }
  const listing = { type: 'Authentication', of: 'common', name: 'How one says who one is' } as const
  return [yamlFile(`authentication/${facts.index.slug}-authentication.yml`, value, listing)]
}

function withoutCredential(address: string): string {
  const isLocal = /^(localhost|127\.|::1$)/.test(address)
  return `Listens on ${isLocal ? 'this machine only' : address}. Whoever serves others adds basic, bearer, API-key, digest or OAuth 2.`
}

function scopesOf(authentication: CallerAuthenticationPlan | UpstreamAuthenticationPlan): Members {
  return authentication.type === 'oauth2' ? { scopes: authentication.scopes.map(String) } : {}
}

/** `lifecycle/<slug>-lifecycle.yml`: what can be undone and for how long, what is kept, how something is taken away. */
export function lifecycleFiles(edition: Edition): readonly Published[] {
  const { facts } = edition
  const { deprecation, reversals = {} } = facts
  if (deprecation === undefined) return []
  const value = {
    ...frame(edition, 'How operations are taken back, and how they are taken away.'),
    reversals: Object.entries(reversals).map(([operation, reversal]) => ({ operation, ...reversalOf(reversal) })),
    idempotency: {
      header: 'Idempotency-Key',
      keptFor: 'P1D',
      note: 'The same call with the same key is answered as the first one was; another call with it is refused with 422.',
    },
    deprecation,
  }
  const listing = { of: 'common', name: 'Taking back and taking away' } as const
  const types = ['Deprecation', 'Lifecycle', 'Idempotency'].map((type) => ({ type, ...listing }))
  return [yamlFile(`lifecycle/${facts.index.slug}-lifecycle.yml`, value, ...types)]
}
