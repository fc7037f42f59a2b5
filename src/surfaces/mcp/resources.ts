/** The resources of an MCP surface: files of its folders, and what operations answer (spec-servers §4.8). */

import type { McpPlan, OperationPlan } from '../../plan.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { messagePoint } from '../../runtime/telemetry/points.ts'
import type { ListedResource, ResourceContents } from './content.ts'
import { type DynamicResource, dynamicResource, mimeTypeOf } from './dynamic.ts'
import { readFiles, type ServedFile } from './files.ts'
import type { ResourceRead } from './tool-call.ts'

/** A ResourceTemplate object as it goes on the wire. */
export interface ListedTemplate {
  readonly uriTemplate: string
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly mimeType?: string
}

export interface Resources {
  readonly listed: readonly ListedResource[]
  readonly templates: readonly ListedTemplate[]
  /** What is read of each file, by its URI. */
  readonly files: ReadonlyMap<string, ResourceContents>
  /** Whether something is at a URI. */
  readonly serves: (uri: string) => boolean
  /** Whether a read can do with an answer alone. `told` = the client wants to hear how it goes on. */
  readonly isPlain: (uri: string, told: boolean) => boolean
  /** Whether what is at a URI is the same for every caller, so that one may be told what another one was. */
  readonly isShared: (uri: string) => boolean
  /** What a read of a URI runs; undefined where it runs nothing. */
  readonly asked: (uri: string) => Asked | undefined
  /** What is at a URI; undefined when nothing is. Rejects with OperationError. */
  readonly read: (uri: string, read: ResourceRead) => Promise<ResourceContents> | undefined
}

export interface Asked {
  readonly operation: OperationPlan
  readonly input: Readonly<Record<string, unknown>>
}

/** Reads the folders of static resources, relative `file:` URIs from `directory`. Throws StartError. */
export async function createResources(plan: McpPlan, runtime: Runtime, directory: string): Promise<Resources> {
  const { log } = runtime.context
  const reading = plan.resources.map((one) =>
    one.type === 'static' ? readFiles(one, directory, log) : [dynamicResource(one, plan, runtime)],
  )
  const entries = await Promise.all(reading)
  const { fixed, templates } = sorted(entries.flat())
  const find = finding(fixed, templates)
  const readFile = fileReading(runtime)
  return {
    listed: [...fixed.values()].map(listed),
    templates: templates.map(template),
    files: new Map([...fixed].flatMap(([uri, one]) => (isFile(one) ? [[uri, one.contents]] : []))),
    serves: (uri) => find(uri) !== undefined,
    isPlain: (uri, told) => !(told && operationAt(find(uri))?.run.type === 'steps'),
    isShared: (uri) => operationAt(find(uri))?.policy === undefined,
    asked: (uri) => {
      const found = find(uri)
      const operation = operationAt(found)
      return operation && { operation, input: found?.input ?? noInput }
    },
    read: (uri, read) => {
      const found = find(uri)
      if (found === undefined) return undefined
      return isFile(found.one) ? readFile(found.one.contents, read) : found.one.read(uri, found.input, read)
    },
  }
}

type Entry = ServedFile | DynamicResource

const isFile = (entry: Entry): entry is ServedFile => 'contents' in entry

/** What has one URI, by it, and what has many. Of two things at one URI the first is served. */
function sorted(entries: readonly Entry[]) {
  const fixed = new Map<string, Entry>()
  const templates: DynamicResource[] = []
  for (const entry of entries) {
    const uri = isFile(entry) ? entry.contents.uri : entry.plan.uri
    if (!isFile(entry) && entry.isTemplate) templates.push(entry)
    else if (!fixed.has(uri)) fixed.set(uri, entry)
  }
  return { fixed, templates }
}

interface Found {
  readonly one: Entry
  readonly input: Readonly<Record<string, unknown>>
}

const noInput = {}

function finding(fixed: ReadonlyMap<string, Entry>, templates: readonly DynamicResource[]) {
  return (uri: string): Found | undefined => {
    const one = fixed.get(uri)
    if (one !== undefined) return { one, input: noInput }
    for (const template of templates) {
      const input = template.inputOf(uri)
      if (input !== undefined) return { one: template, input }
    }
    return undefined
  }
}

function operationAt(found: Found | undefined) {
  return found === undefined || isFile(found.one) ? undefined : found.one.plan.operation
}

/** Reads a file, whose contents are known. */
export type ReadFile = (contents: ResourceContents, read: ResourceRead) => Promise<ResourceContents>

/** Files add nothing to the message that asks for them (spec-servers §7.2). */
export function fileReading({ context: { telemetry } }: Runtime): ReadFile {
  const point = telemetry && messagePoint(telemetry, 'resources/read')
  return async (contents, { carrier }) => {
    const span = point?.begin(carrier)
    if (span !== undefined) point?.end(span, false)
    return contents
  }
}

function listed(entry: Entry): ListedResource {
  return isFile(entry) ? entry.listed : { uri: entry.plan.uri, ...described(entry) }
}

function template(resource: DynamicResource): ListedTemplate {
  return { uriTemplate: resource.plan.uri, ...described(resource) }
}

function described({ plan }: DynamicResource) {
  const { name, title, description } = plan
  const mimeType = mimeTypeOf(plan)
  return { name, title, description, ...(mimeType === undefined ? {} : { mimeType }) }
}
