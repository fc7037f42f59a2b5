/** A folder for a catalogue of APIs, made from a capability and the facts beside it (`<name>.publish.yml`). */

import type { Edition, Published, StandIn } from './artifacts/publish/publication.ts'
import { standInsOf } from './artifacts/publish/stand-ins.ts'
import { StartError } from './errors.ts'
import type { LoadedCapability } from './load.ts'
import { bundledCapability, packageInfo } from './package.ts'
import type { McpPlan, RestPlan, SurfacePlan } from './plan.ts'
import { checkNames, checkSources, type NamedFacts, publicationOf, readFacts } from './publish/facts.ts'

export interface PublishOptions extends NamedFacts {
  /** Where the surfaces can be reached by others. Default: this machine, where whoever runs them is. */
  readonly servedAt?: string
  /** The OpenAPI description of the called API, to be published as it is. Default: it is only referred to. */
  readonly openapi?: string
  /** When it is published (RFC 3339, in UTC). Default: now. */
  readonly now?: string
  /** Publish a capability of which APIs.io shows the beginning only. Default false: it is refused. */
  readonly allowLong?: boolean
  /** Write the property of a capability as the builder of APIs.io counts it. Default false: as APIs.json 0.23 knows it. */
  readonly apisIo?: boolean
}

/** A folder that is not written yet. */
export interface Publication {
  readonly files: readonly Published[]
  readonly standIns: readonly StandIn[]
}

/**
 * Every file of the folder, and what is still to be given. Throws StartError for a file that is missing or can't be
 * published, and for a capability that a catalogue would not take; CapabilityError for facts that are wrong.
 */
export async function publish(capability: LoadedCapability, options: PublishOptions = {}): Promise<Publication> {
  const [{ folderOf }, { refusalOf }] = await Promise.all([
    import('./artifacts/publish/folder.ts'),
    import('./artifacts/publish/refusals.ts'),
  ])
  const edition = await editionOf(capability, options)
  const files = folderOf(edition)
  const refused = refusalOf(edition, files, options.allowLong === true)
  if (refused !== undefined) throw new StartError(refused)
  return { files, standIns: edition.standIns }
}

async function editionOf(capability: LoadedCapability, options: PublishOptions): Promise<Edition> {
  const { plan, file } = capability
  const facts = await readFacts(publicationOf(file), options)
  const [rest, mcp] = [surfaceOf(capability, 'rest'), surfaceOf(capability, 'mcp')]
  checkSources(facts)
  checkNames(facts, plan, rest)
  const [{ filesBeside, skillsOf, textsOf }, { problemKinds }] = await Promise.all([
    import('./publish/carried.ts'),
    import('./surfaces/problem-kinds.ts'),
  ])
  const { name, version } = packageInfo()
  const edition = {
    plan,
    facts,
    rest,
    mcp,
    texts: await textsOf(capability, options.openapi),
    beside: await filesBeside(capability),
    skills: await skillsOf(capability),
    problems: problemKinds(),
    urls: urlsOf(slashed(options.baseUrl ?? facts.publisher.url), rest, mcp, options.servedAt),
    apisIo: options.apisIo === true,
    now: options.now ?? new Date().toISOString(),
    program: { name, version, bundles: file === bundledCapability() },
  }
  return { ...edition, standIns: standInsOf(edition) }
}

function surfaceOf<T extends SurfacePlan['type']>({ plan }: LoadedCapability, type: T) {
  return plan.surfaces.find((s): s is SurfacePlan & { readonly type: T } => s.type === type)
}

/** A surface that is only started by its client is nowhere: the folder says how. */
function urlsOf(folder: string, rest: RestPlan | undefined, mcp: McpPlan | undefined, servedAt: string | undefined) {
  const started = mcp?.transport === 'stdio' ? `${folder}README.md` : `${servedAt ?? addressOf(mcp)}/mcp`
  return { folder, rest: servedAt ?? addressOf(rest), mcp: started }
}

const slashed = (url: string) => (url.endsWith('/') ? url : `${url}/`)

const addressOf = (surface: { readonly port: number } | undefined) => `http://127.0.0.1:${surface?.port ?? 0}`
