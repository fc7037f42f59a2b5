/** A folder for a catalogue of APIs, made from a capability and the facts beside it (`<name>.publish.yml`). */

import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Edition, Facts, Published, StandIn } from './artifacts/publish/publication.ts'
import { isStandIn, standInsOf } from './artifacts/publish/stand-ins.ts'
import { type Diagnostic, type Report, ruleOf } from './diagnostics.ts'
import { CapabilityError, StartError } from './errors.ts'
import type { LoadedCapability } from './load.ts'
import { packageInfo } from './package.ts'
import type { Plan, RestPlan, SurfacePlan } from './plan.ts'
import { companionOf, stemOf } from './spec/companion.ts'
import { diagnosticAt } from './spec/source.ts'
import { fileOf } from './text/file-uri.ts'
import { noSuch } from './text/suggest.ts'

export interface PublishOptions {
  /** Where the folder will be read. Default: the page of the publisher. */
  readonly baseUrl?: string
  /** Address of who answers for the folder. Default: what the publication file says. */
  readonly contact?: string
  /** Where what is published is kept. Default: what the publication file says, if anything. */
  readonly repository?: string
  /** Name in the MCP Registry. Default: what the publication file says. */
  readonly registryName?: string
  /** Where the surfaces can be reached by others. Default: this machine, where whoever runs them is. */
  readonly servedAt?: string
  /** The OpenAPI description of the called API, to be published as it is. Default: it is only referred to. */
  readonly openapi?: string
  /** Publish a capability of which APIs.io shows the beginning only. Default false: it is refused. */
  readonly allowLong?: boolean
  /** Write the property of a capability as the builder of APIs.io counts it. Default false: as APIs.json 0.23 knows it. */
  readonly apisIo?: boolean
}

/** The file with the facts beside a capability file. */
export function publicationOf(file: string): string {
  return join(dirname(file), `${stemOf(file)}.publish.yml`)
}

/** A folder that is not written yet. */
export interface Publication {
  readonly files: readonly Published[]
  readonly standIns: readonly StandIn[]
}

/**
 * Every file of the folder, and what is still to be given. Throws StartError for a file that is missing and for a capability
 * that is too long, CapabilityError for facts that are wrong.
 */
export async function publish(capability: LoadedCapability, options: PublishOptions = {}): Promise<Publication> {
  const [{ folderOf }, { tooLong }] = await Promise.all([
    import('./artifacts/publish/folder.ts'),
    import('./artifacts/publish/listed-form.ts'),
  ])
  const edition = await editionOf(capability, options)
  const files = folderOf(edition)
  const long = options.allowLong === true ? undefined : tooLong(edition, files)
  if (long !== undefined) throw new StartError(long)
  return { files, standIns: edition.standIns }
}

/** Writes the folder and answers its files. Throws what writing to the disk throws. */
export async function writeFolder(files: readonly Published[], folder: string): Promise<void> {
  for (const { path, text } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function editionOf(capability: LoadedCapability, options: PublishOptions): Promise<Edition> {
  const { plan, file } = capability
  const facts = named(await readFacts(publicationOf(file)), options)
  const [rest, mcp] = [surfaceOf(capability, 'rest'), surfaceOf(capability, 'mcp')]
  checkNames(facts, plan, rest)
  const { problemKinds } = await import('./surfaces/problem.ts')
  const { name, version } = packageInfo()
  const edition = {
    plan,
    facts,
    rest,
    mcp,
    texts: await textsOf(capability, options),
    scripts: await scriptsOf(capability),
    skills: await skillsOf(capability),
    problems: problemKinds(),
    urls: {
      folder: slashed(options.baseUrl ?? facts.publisher.url),
      rest: options.servedAt ?? addressOf(rest),
      mcp: `${options.servedAt ?? addressOf(mcp)}/mcp`,
    },
    apisIo: options.apisIo === true,
    now: new Date().toISOString(),
    program: { name, version },
  }
  return { ...edition, standIns: standInsOf(edition) }
}

/** What is given with the command goes before what the file says; where the file has no address, the folder's will do. */
function named(facts: Facts, { baseUrl, contact, repository, registryName }: PublishOptions): Facts {
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

function surfaceOf<T extends SurfacePlan['type']>({ plan }: LoadedCapability, type: T) {
  return plan.surfaces.find((s): s is SurfacePlan & { readonly type: T } => s.type === type)
}

const slashed = (url: string) => (url.endsWith('/') ? url : `${url}/`)

const addressOf = (surface: { readonly port: number } | undefined) => `http://127.0.0.1:${surface?.port ?? 0}`

async function readFacts(file: string): Promise<Facts> {
  if (!existsSync(file))
    throw new StartError(`there is no ${shown(file)}: it says who publishes what (schemas/publish.schema.json)`)
  const [{ parseSource }, { validateSchema }] = await Promise.all([
    import('./spec/parse.ts'),
    import('./spec/validate.ts'),
  ])
  const source = parseSource(shown(file), await readFile(file, 'utf8'))
  if (!('value' in source)) throw new CapabilityError(source)
  const found: Diagnostic[] = []
  const report: Report = (...fault) => void found.push(diagnosticAt(source, ...fault))
  validateSchema('publish', source.value, report)
  if (found.some(({ code }) => ruleOf(code).severity === 'error')) throw new CapabilityError(found)
  return source.value as Facts
}

/** The facts speak of flows and operations that there are. Throws StartError for another name, with what was meant. */
function checkNames({ reversals, escalation, examples, workflows }: Facts, plan: Plan, rest: RestPlan | undefined) {
  const flows = plan.operations.map(({ name }) => name)
  const named = [reversals, escalation, examples].flatMap((section) => Object.keys(section ?? {}))
  const strange = named.find((name) => !flows.includes(name))
  if (strange !== undefined) throw new StartError(noSuch('flow', strange, flows))
  const routes = rest?.routes.map(({ name }) => name) ?? []
  const called = Object.values(workflows ?? {}).flatMap(({ steps }) => steps.map(({ operation }) => operation))
  const missing = called.find((name) => !routes.includes(name))
  if (missing !== undefined) throw new StartError(noSuch('REST operation', missing, routes))
}

const shown = (file: string) => relative(process.cwd(), file) || file

async function textsOf({ file, plan }: LoadedCapability, { openapi }: PublishOptions): Promise<Edition['texts']> {
  const own = await readFile(file, 'utf8')
  const companion = companionOf(file)
  return {
    ...(plan.capability.format.startsWith('naftiko') ? { listed: own } : { listed: await inLists(own), mapped: own }),
    ...(companion === undefined ? {} : { companion: await readFile(companion, 'utf8') }),
    ...(openapi === undefined ? {} : { upstream: await readGiven(openapi) }),
  }
}

async function inLists(text: string): Promise<string> {
  const { convert } = await import('./spec/convert.ts')
  return convert(text, 'alpha2', { inherit: true }).text
}

async function readGiven(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new StartError(`there is no file ${shown(file)} to read`)
  })
}

/** The files that scripts are read from, where they stand below the capability. */
async function scriptsOf({ document, directory }: LoadedCapability): Promise<Edition['scripts']> {
  const { scriptSteps } = await import('./spec/steps.ts')
  const named = scriptSteps(document).flatMap(({ step: { location, file, dependencies } }) => {
    const folder = location === undefined ? undefined : fileOf(location, directory)
    return folder === undefined || file === undefined ? [] : [file, ...dependencies].map((name) => join(folder, name))
  })
  const paths = [...new Set(named)].map((path) => relative(directory, path).replaceAll('\\', '/'))
  const below = paths.filter((path) => !path.startsWith('../'))
  return Promise.all(below.map(async (path) => ({ path, text: await readFile(join(directory, path), 'utf8') })))
}

/** The files of each skill's folder that are text, as they are served. */
async function skillsOf(capability: LoadedCapability): Promise<Edition['skills']> {
  const { readSkillFiles } = await import('./surfaces/skill-files.ts')
  const skills = capability.plan.surfaces.flatMap((surface) => (surface.type === 'skill' ? surface.skills : []))
  const read = skills.map(async ({ name, location }) => {
    const folder = location === undefined ? undefined : fileOf(location, capability.directory)
    const files = folder === undefined ? [] : ((await readSkillFiles(folder, () => {})) ?? [])
    return { name, files: files.map(({ path, bytes }) => ({ path, text: bytes.toString('utf8') })) }
  })
  return Promise.all(read)
}
