/** The publication file of a capability: read, held against its schema and against the capability. */

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Facts } from '../artifacts/publish/publication.ts'
import { isStandIn } from '../artifacts/publish/stand-ins.ts'
import { type Diagnostic, type Report, ruleOf } from '../diagnostics.ts'
import { CapabilityError, StartError } from '../errors.ts'
import type { Plan, RestPlan } from '../plan.ts'
import { stemOf } from '../spec/companion.ts'
import { diagnosticAt } from '../spec/source.ts'
import { noSuch } from '../text/suggest.ts'

/** What is given with the command and goes before what the file says. */
export interface NamedFacts {
  /** Where the folder will be read. Default: the page of the publisher. */
  readonly baseUrl?: string
  /** Address of who answers for the folder. Default: what the publication file says. */
  readonly contact?: string
  /** Where what is published is kept. Default: what the publication file says, if anything. */
  readonly repository?: string
  /** Name in the MCP Registry. Default: what the publication file says. */
  readonly registryName?: string
}

/** The file with the facts beside a capability file. */
export function publicationOf(file: string): string {
  return join(dirname(file), `${stemOf(file)}.publish.yml`)
}

/** Throws StartError for a file that is missing, CapabilityError for one that its schema refuses. */
export async function readFacts(file: string, given: NamedFacts): Promise<Facts> {
  if (!existsSync(file))
    throw new StartError(`there is no ${shownPath(file)}: it says who publishes what (schemas/publish.schema.json)`)
  const [{ parseSource }, { validateSchema }] = await Promise.all([
    import('../spec/parse.ts'),
    import('../spec/validate.ts'),
  ])
  const source = parseSource(shownPath(file), await readFile(file, 'utf8'))
  if (!('value' in source)) throw new CapabilityError(source)
  const found: Diagnostic[] = []
  const report: Report = (...fault) => void found.push(diagnosticAt(source, ...fault))
  validateSchema('publish', source.value, report)
  if (found.some(({ code }) => ruleOf(code).severity === 'error')) throw new CapabilityError(found)
  return named(source.value as Facts, given)
}

/** Where the file has no address, that of the folder will do. */
function named(facts: Facts, { baseUrl, contact, repository, registryName }: NamedFacts): Facts {
  const { publisher, mcp } = facts
  const url = baseUrl !== undefined && isStandIn(publisher.url) ? baseUrl : publisher.url
  return {
    ...facts,
    publisher: {
      ...publisher,
      url,
      email: contact ?? publisher.email,
      ...(repository === undefined ? {} : { repository }),
    },
    ...(mcp === undefined || registryName === undefined ? {} : { mcp: { ...mcp, registryName } }),
  }
}

/** The facts speak of what there is. Throws StartError for another name, with what was meant. */
export function checkNames(facts: Facts, plan: Plan, rest: RestPlan | undefined) {
  const { reversals, escalation, examples, workflows, upstream, terms = {} } = facts
  const flows = plan.operations.map(({ name }) => name)
  known(
    'flow',
    [reversals, escalation, examples].flatMap((section) => Object.keys(section ?? {})),
    flows,
  )
  known(
    'flow',
    Object.values(reversals ?? {}).flatMap(({ by }) => by ?? []),
    flows,
  )
  const called = Object.values(workflows ?? {}).flatMap(({ steps }) => steps.map(({ operation }) => operation))
  known('REST operation', called, rest?.routes.map(({ name }) => name) ?? [])
  known(
    'consumed API',
    upstream === undefined ? [] : [upstream.namespace],
    plan.upstreams.map(({ namespace }) => namespace),
  )
  const classes = Object.entries(terms).flatMap(([name, term]) => (term.class === true ? [name] : []))
  known(
    'class',
    Object.values(terms).flatMap(({ of }) => of ?? []),
    classes,
  )
}

/** Throws StartError for what is said of the called API and names no source. */
export function checkSources({ upstream, rateLimitsNote, rateLimitsSource }: Facts) {
  const refuse = (what: string, source: string) => {
    throw new StartError(`"${what}" says something of others: say where that is from, as "${source}"`)
  }
  if (upstream?.authentication !== undefined && upstream.authenticationSource === undefined)
    refuse('upstream.authentication', 'upstream.authenticationSource')
  if (rateLimitsNote !== undefined && rateLimitsSource === undefined) refuse('rateLimitsNote', 'rateLimitsSource')
}

function known(what: string, names: readonly string[], there: readonly string[]) {
  const strange = names.find((name) => !there.includes(name))
  if (strange !== undefined) throw new StartError(noSuch(what, strange, there))
}

/** A path as an error tells it. */
export const shownPath = (path: string) => relative(process.cwd(), path) || path
