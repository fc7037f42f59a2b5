/**
 * The Kin rubric 0.12.0 over a published folder, as far as it can be read off the files. Where the rubric leaves open how
 * several descriptions count, the stricter reading is taken: each earns its share.
 */

import { parse } from 'yaml'
import type { Folder } from './published.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents whose shape is what they check
type Document = any

/** What a check is worth, and which share of it is earned. */
export interface Check {
  readonly id: string
  readonly points: number
  readonly share: number
}

export interface Score {
  readonly composite: number
  readonly facets: Readonly<Record<string, number>>
  /** Of 117. */
  readonly readiness: number
  /** Every check that did not earn all it is worth. */
  readonly missed: readonly Check[]
}

/** Scores a folder. */
export function kinScore(folder: Folder): Score {
  const seen = look(folder)
  const facets = [
    ['discoverability', 0.1, discoverability(seen)],
    ['contract', 0.25, contract(seen)],
    ['governance', 0.12, governance(seen)],
    ['operational', 0.13, operational(seen)],
    ['ergonomics', 0.2, ergonomics(seen)],
    ['access', 0.2, access(seen)],
  ] as const
  const agents = readiness(seen)
  const checks = [...facets.flatMap(([, , one]) => one), ...agents]
  return {
    composite: 100 * facets.reduce((sum, [, weight, one]) => sum + (weight * earned(one)) / worth(one), 0),
    facets: Object.fromEntries(facets.map(([name, , one]) => [name, (100 * earned(one)) / worth(one)])),
    readiness: earned(agents),
    missed: checks.filter(({ share }) => share < 1),
  }
}

const earned = (checks: readonly Check[]) => checks.reduce((sum, { points, share }) => sum + points * share, 0)
const worth = (checks: readonly Check[]) => checks.reduce((sum, { points }) => sum + points, 0)
const check = (id: string, points: number, got: boolean | number): Check => ({ id, points, share: Number(got) })

interface Seen {
  readonly folder: Folder
  readonly index: Document
  readonly descriptions: readonly Document[]
  /** How often a property type is listed, by the name that the rubric counts it under. */
  readonly count: (type: string) => number
  /** Parsed files below a folder. */
  readonly below: (name: string) => readonly Document[]
}

const aliases: Readonly<Record<string, string>> = {
  SDKs: 'SDK',
  Rules: 'SpectralRules',
  Portal: 'DeveloperPortal',
  PostmanCollection: 'Postman',
  SecurityPolicy: 'Security',
  AgentSkills: 'AgentSkill',
  LlmsTxt: 'LLMsTxt',
  Signup: 'SignUp',
}

function look(folder: Folder): Seen {
  const index = parse(folder.get('apis.yml') ?? 'null')
  const listed: Document[] = [...index.common, ...index.apis.flatMap(({ properties }: Document) => properties)]
  const types = listed.map(({ type }) => aliases[type] ?? type)
  const urls = new Set(listed.filter(({ type }) => type === 'OpenAPI').map(({ url }) => url))
  const parsed = [...folder].filter(([path]) => /\.(ya?ml|json|jsonld)$/.test(path))
  return {
    folder,
    index,
    descriptions: parsed.filter(([path]) => urls.has(path)).map(([, text]) => parse(text)),
    count: (type) => types.filter((one) => one === type).length,
    below: (name) => parsed.filter(([path]) => path.startsWith(`${name}/`)).map(([, text]) => parse(text)),
  }
}

/** Names that belong to nobody (RFC 2606) are no address of a provider. */
const isReal = (text: string) => !/\bexample\.(org|com|net)\b/.test(text)
const isPublic = (url: string) => !/localhost|127\.0\.0\.1|\[::1\]/.test(url)

function discoverability({ folder, index, count }: Seen): readonly Check[] {
  const { apis } = index
  const every = (holds: (api: Document) => boolean) => apis.length > 0 && apis.every(holds)
  const dated = [index.created, index.modified].every((day) => /^\d{4}-\d\d-\d\d$/.test(day))
  return [
    check('apis_json_present', 10, true),
    check('description_depth', 5, index.description.length >= 200),
    check('tags_depth', 5, index.tags.length >= 5),
    check(
      'human_url_per_api',
      5,
      every(({ humanURL }) => humanURL !== undefined),
    ),
    check(
      'base_url_per_api',
      5,
      every(({ baseURL = 'localhost' }) => isPublic(baseURL)),
    ),
    check('well_known_published', 6, folder.has('well-known/api-catalog') || folder.has('well-known/security.txt')),
    check('llms_txt_published', 4, folder.has('llms/llms.txt') && count('LLMsTxt') > 0),
    check('apis_json_self_hosted', 4, isReal(index.url) && !index.url.includes('raw.githubusercontent.com')),
    check(
      'maintainer_present',
      3,
      index.maintainers.some(({ email = 'example.org' }) => isReal(email)),
    ),
    check('several_apis', 3, apis.length >= 3),
    check('image_present', 2, index.image !== undefined),
    check('dates_present', 2, dated),
  ]
}

const methods = ['get', 'put', 'post', 'delete', 'patch']

function operationsOf(description: Document): readonly Document[] {
  const items = Object.values(description.paths ?? {}) as Document[]
  return items.flatMap((item) => methods.flatMap((method) => (item[method] ? [{ ...item[method], method }] : [])))
}

const share = <T>(of: readonly T[], holds: (one: T) => boolean | number) =>
  of.length === 0 ? 0 : of.reduce((sum, one) => sum + Number(holds(one)), 0) / of.length

function contract(seen: Seen): readonly Check[] {
  const { descriptions, below } = seen
  const each = (
    id: string,
    points: number,
    holds: (one: Document, operations: readonly Document[]) => boolean | number,
  ) =>
    check(
      id,
      points,
      share(descriptions, (one) => holds(one, operationsOf(one))),
    )
  const most = (name: string) => (_: Document, operations: readonly Document[]) =>
    share(operations, (one) => (Array.isArray(one[name]) ? one[name].length > 0 : Boolean(one[name]))) >= 0.8
  const schemes = (one: Document): Document[] => Object.values(one.components?.securitySchemes ?? {})
  const graph = below('json-ld').flatMap((one) => one['@graph'] ?? [])
  const ofType = (type: string) => graph.filter((one) => one['@type'] === type).length
  return [
    check('openapi_present', 20, descriptions.length > 0),
    each('openapi_version', 5, ({ openapi }) => (openapi < '3.1' ? 3 / 5 : 1)),
    each('info_complete', 4, ({ info }) =>
      Boolean(info.title && info.description?.length >= 50 && info.version && info.contact),
    ),
    each('servers_present', 3, ({ servers = [] }) => servers.length > 0),
    each('servers_resolvable', 5, ({ servers = [] }) => share(servers, ({ url }: Document) => isPublic(url))),
    each('summaries', 6, most('summary')),
    each('descriptions', 6, most('description')),
    each('tags', 4, most('tags')),
    each(
      'operation_ids',
      4,
      (_, all) => all.every((one) => one.operationId) && new Set(all.map((one) => one.operationId)).size === all.length,
    ),
    each('successes', 5, (_, all) =>
      all.every(({ responses }) => Object.keys(responses).some((status) => /^2/.test(status))),
    ),
    each(
      'error_responses_documented',
      4,
      (one, all) => share(all, (operation) => refusalSchemas(one, operation).length > 0) >= 0.5,
    ),
    each('examples_present', 4, (_, all) => share(all, hasExample)),
    each(
      'components_reuse',
      3,
      (one) =>
        new Set(JSON.stringify(one.paths).match(/#\/components\/schemas\/[^"]+/g) ?? []).size + usedInside(one) >= 5,
    ),
    each('security_schemes', 4, (one) => schemes(one).length > 0),
    each('security_applied', 3, ({ security = [] }) => security.length > 0),
    each('no_weak_oauth', 4, (one) => !schemes(one).some(({ flows = {} }) => flows.implicit || flows.password)),
    each(
      'no_key_in_query',
      3,
      (one) => !schemes(one).some((scheme) => scheme.type === 'apiKey' && scheme.in === 'query'),
    ),
    each('scopes_enumerated', 4, () => true),
    each('webhooks_or_callbacks', 2, (one) => Boolean(one.webhooks)),
    check('json_schema_present', 6, below('json-schema').length > 0),
    check('json_schema_several', 4, below('json-schema').length >= 2),
    check(
      'json_ld_context',
      5,
      below('json-ld').some((one) => one['@context']),
    ),
    check('json_ld_classes', 3, ofType('rdfs:Class') >= 5),
    check('json_ld_properties', 3, ofType('rdf:Property') >= 10),
    check('resource_lifecycle', 5, 0),
  ]
}

const resolved = (description: Document, value: Document): Document =>
  value?.$ref === undefined
    ? value
    : value.$ref
        .slice(2)
        .split('/')
        .reduce((node: Document, key: string) => node?.[key], description)

/** The `$ref`s of the schemas of 4xx and 5xx. */
function refusalSchemas(description: Document, { responses }: Document): readonly string[] {
  const refusals = Object.entries(responses).filter(([status]) => /^[45]/.test(status))
  return refusals.flatMap(([, one]) => {
    const content: Document[] = Object.values(resolved(description, one)?.content ?? {})
    return content.flatMap(({ schema }) => schema?.$ref ?? [])
  })
}

const usedInside = (one: Document) =>
  new Set(JSON.stringify(one.components ?? {}).match(/#\/components\/schemas\/[^"]+/g) ?? []).size
const hasExample = (operation: Document) => /"examples?":/.test(JSON.stringify(operation))

/** What the rubric gives for who says that an artifact is so. */
function provenance(of: readonly Document[]): number {
  const [first] = of
  if (first === undefined) return 0
  return /derived|generated|modeled|reconstructed|inferred/.test(first.method ?? '') ? 0.25 : 1
}

function governance({ below, count }: Seen): readonly Check[] {
  const [rules] = below('rules')
  const severities = Object.values(rules?.rules ?? {}).map((rule: Document) => rule.severity)
  return [
    check('rules_present', 10, rules !== undefined && count('SpectralRules') > 0),
    check(
      'rules_substantial',
      5,
      JSON.stringify(rules?.extends ?? '').includes('spectral:oas') || severities.length >= 20,
    ),
    check('balanced_severities', 3, severities.includes('warn') && severities.includes('info')),
    check('vocabulary_present', 5, count('Vocabulary') > 0),
    check('conformance_declared', 6, provenance(below('conformance'))),
    check(
      'overlay_published',
      4,
      below('overlays').some(({ overlay }) => overlay !== undefined),
    ),
  ]
}

/** Types that are worth something by being listed. */
const listed = (count: Seen['count'], worth: Readonly<Record<string, number>>) =>
  Object.entries(worth).map(([types, points]) =>
    check(
      types,
      points,
      types.split('|').some((type) => count(type) > 0),
    ),
  )

function operational({ below, count }: Seen): readonly Check[] {
  const limits = below('rate-limits').flatMap((one) => one.limits ?? [])
  return [
    check('rate_limits', 8, limits.length > 0),
    check('rate_limits_several', 4, limits.length >= 3),
    ...listed(count, {
      ChangeLog: 6,
      StatusPage: 6,
      Security: 4,
      Deprecation: 3,
      Webhooks: 3,
      GitHubOrganization: 2,
      Roadmap: 2,
    }),
  ]
}

function ergonomics({ below, count }: Seen): readonly Check[] {
  return [
    ...listed(count, { GettingStarted: 5, Authentication: 5, DeveloperPortal: 4, Documentation: 4 }),
    check('sdks_several', 4, count('SDK') >= 3),
    check('sdk', 3, count('SDK') >= 1),
    ...listed(count, { APIReference: 3, CLI: 3, 'Console|Sandbox|Playground': 3 }),
    check('agent_skill_present', 3, count('AgentSkill') > 0 ? provenance(below('skills')) : 0),
    ...listed(count, { Postman: 2, 'Support|HelpCenter|Community': 2, Blog: 1 }),
  ]
}

function access({ below, count }: Seen): readonly Check[] {
  const plans = below('plans').flatMap((one) => one.plans ?? [])
  return [
    check('plan', 8, plans.length > 0),
    check('plans_several', 4, plans.length >= 3),
    ...listed(count, {
      'SignUp|Login': 5,
      Pricing: 4,
      TermsOfService: 4,
      PrivacyPolicy: 4,
      FinOps: 3,
      Compliance: 3,
      TrustCenter: 3,
    }),
  ]
}

function readiness(seen: Seen): readonly Check[] {
  const { descriptions, below, count, folder } = seen
  const operations = descriptions.flatMap(operationsOf)
  const writes = operations.filter(({ method }) => method !== 'get')
  const has = (name: string) => (one: Document) => one.parameters?.some((p: Document) => p.name === name) === true
  const deployment = below('mcp').find((one) => one.deployment)?.deployment
  const reversals = below('lifecycle').flatMap((one) => one.reversals ?? [])
  const undone = reversals.filter((one) => one.by !== undefined)
  const examples = share(operations, hasExample)
  return [
    check('agent_spec_presence', 18, descriptions.length > 0),
    check('agent_mcp_server', 12, deployment?.mode === undefined ? 0 : deployment.probe === 'passed' ? 1 : 0.4),
    check('agent_agentic_access', 10, provenance(below('agentic-access'))),
    check('agent_auth_clarity', 10, count('Authentication') > 0),
    check('agent_idempotency', 9, Math.max(share(writes, has('Idempotency-Key')), count('Idempotency') > 0 ? 0.5 : 0)),
    check(
      'agent_error_semantics',
      8,
      Math.max(share(descriptions, sharesOneError), count('ErrorCatalog') > 0 ? 0.5 : 0),
    ),
    check('agent_card', 8, below('a2a').length > 0),
    check('agent_openapi_examples', 7, examples >= 0.5 ? 1 : examples > 0 ? 0.5 : 0),
    check(
      'agent_rate_limit_signal',
      7,
      /"(X-)?RateLimit/.test(JSON.stringify(descriptions)) ? 1 : below('rate-limits').length > 0 ? 0.5 : 0,
    ),
    check('agent_reversibility', 6, undone.length === 0 ? 0 : undone.every((one) => one.window) ? 1 : 0.4),
    check('agent_event_surface', 6, count('Webhooks') > 0),
    check('agent_skills', 5, provenance(below('skills'))),
    check('agent_well_known_catalog', 4, count('APICatalog') > 0 && folder.has('well-known/api-catalog')),
    check('agent_dry_run_mode', 4, writes.some(has('dry_run'))),
    check('agent_consent_identity', 3, count('SecurityTxt') > 0),
  ]
}

function sharesOneError(description: Document): boolean {
  const used = operationsOf(description).flatMap((operation) => refusalSchemas(description, operation))
  return used.length > 0 && new Set(used).size === 1
}
