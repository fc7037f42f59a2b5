/**
 * The skill surface: a read-only catalog of Agent Skills (spec-servers §5), and the discovery index that installers ask
 * for (`/.well-known/agent-skills/index.json`, Agent Skills Discovery 0.2.0).
 */

import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError, StartError } from '../errors.ts'
import type { SkillPlan, SkillSurfacePlan, SkillToolPlan } from '../plan.ts'
import { type Observers, requestPoint } from '../runtime/telemetry/points.ts'
import { fileOf } from '../text/file-uri.ts'
import type { FolderFile } from './folder.ts'
import { type Handler, methodNotAllowed, pathOf, send, sendJson, sendProblem } from './http.ts'
import { mediaTypeOf } from './media-types.ts'
import { readSkillFiles, zipFiles } from './skill-files.ts'

interface ServedSkill {
  readonly plan: SkillPlan
  /** Absent = the skill has no folder. */
  readonly folder?: {
    readonly files: ReadonlyMap<string, FolderFile>
    /** Made when first asked for, then kept. */
    readonly zip: () => Promise<Buffer>
  }
}

/** Reads the folders of all skills, relative `file:` URIs from `directory`. Throws StartError on one that can't be served. */
export async function skillHandler(plan: SkillSurfacePlan, directory: string, observers: Observers): Promise<Handler> {
  const served = await Promise.all(plan.skills.map((skill) => readSkill(skill, directory)))
  const skills = new Map(served.map((skill) => [skill.plan.name, skill]))
  const index = once(() => discoveryIndex(served))
  const observe = observing(observers)
  return (req, res) => {
    const path = pathOf(req)
    if (!ownsSkills(path)) return false
    const isIndex = path.startsWith('/.well-known')
    observe(path, req, res)
    if (req.method !== 'GET' && req.method !== 'HEAD') methodNotAllowed(res, 'GET, HEAD')
    else if (isIndex) later(res, index, (value) => sendJson(res, 200, value))
    else answer(path.split('/').slice(2), skills, res)
    return true
  }
}

/** Counted by what kind of address is read, so that no caller can make new series. */
function observing(observers: Observers) {
  const addresses = ['/skills', '/skills/{name}', '/skills/{name}/{section}', '/skills/{name}/{section}/{path}']
  const points = addresses.map((address) => requestPoint(observers, 'skill', address))
  const other = requestPoint(observers, 'skill', '/.well-known/agent-skills/index.json')
  return (path: string, req: IncomingMessage, res: ServerResponse) => {
    const depth = path.startsWith('/skills') ? Math.min(path.split('/').length - 2, points.length - 1) : points.length
    const point = points[depth] ?? other
    const span = point.begin(req.headers)
    res.once('close', () => point.end(span, res.statusCode))
  }
}

/** Which addresses are those of skills where another surface shares the port. */
export function ownsSkills(path: string): boolean {
  return path === '/skills' || path.startsWith('/skills/') || path === '/.well-known/agent-skills/index.json'
}

async function readSkill(plan: SkillPlan, directory: string): Promise<ServedSkill> {
  if (plan.location === undefined) return { plan }
  const path = fileOf(plan.location, directory)
  if (path === undefined) throw new StartError(`the skill "${plan.name}" has no usable location: ${plan.location}`)
  const files = await readSkillFiles(path).catch((error: Error) => {
    throw new StartError(`the skill "${plan.name}" can't be read: ${error.message}`)
  })
  if (files === undefined) return { plan }
  const byPath = new Map(files.map((file) => [file.path, file]))
  return { plan, folder: { files: byPath, zip: once(() => zipFiles(files)) } }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

function later<T>(res: ServerResponse, make: () => Promise<T>, then: (value: T) => void) {
  make().then(then, (error) => sendProblem(res, error))
}

function answer(parts: readonly string[], skills: ReadonlyMap<string, ServedSkill>, res: ServerResponse) {
  const [name, section, ...path] = parts
  if (name === undefined) return sendJson(res, 200, catalog([...skills.values()]))
  const skill = skills.get(name)
  if (skill === undefined) return notFound(res, 'there is no such skill')
  if (section === undefined) return sendJson(res, 200, detail(skill.plan))
  const { folder } = skill
  if (folder === undefined) return notFound(res, 'this skill has no files')
  if (section === 'download' && path.length === 0) return later(res, folder.zip, (zip) => download(name, zip, res))
  if (section !== 'contents') return notFound(res, 'there is no such address')
  if (path.length === 0) return sendJson(res, 200, contents(name, folder.files))
  return sendFile(path, folder.files, res)
}

function catalog(skills: readonly ServedSkill[]) {
  return {
    count: skills.length,
    skills: skills.map(({ plan }) => ({
      name: plan.name,
      description: plan.description,
      ...(plan.license === undefined ? {} : { license: plan.license }),
      tools: plan.tools.map((tool) => tool.name),
    })),
  }
}

/** Front matter fields as the capability spells them; only those that are set. */
function detail(plan: SkillPlan) {
  const optional = {
    license: plan.license,
    compatibility: plan.compatibility,
    'argument-hint': plan.argumentHint,
    'allowed-tools': plan.allowedTools,
    'user-invocable': plan.userInvocable,
    'disable-model-invocation': plan.disableModelInvocation,
    metadata: plan.metadata,
  }
  return { name: plan.name, description: plan.description, ...optional, tools: plan.tools.map(toolDetail) }
}

function toolDetail(tool: SkillToolPlan) {
  const { type, name, description } = tool
  if (type === 'instruction') return { name, description, type, instruction: tool.instruction }
  const { targetNamespace, action, mode } = tool
  return { name, description, type, invocationRef: { targetNamespace, action, mode } }
}

function contents(name: string, files: ReadonlyMap<string, FolderFile>) {
  return {
    name,
    files: [...files.values()].map(({ path, bytes }) => ({ path, size: bytes.length, type: mediaTypeOf(path) })),
  }
}

function download(name: string, zip: Buffer, res: ServerResponse) {
  send(res, 200, zip, 'application/zip', ['content-disposition', `attachment; filename="${name}.zip"`])
}

const safeSegment = /^[a-zA-Z0-9._-]+$/

/** Only what was read at start is served, so a path can't leave the folder; an unsafe one is still called what it is. */
function sendFile(path: readonly string[], files: ReadonlyMap<string, FolderFile>, res: ServerResponse) {
  const unsafe = path.some((segment) => !safeSegment.test(segment) || segment === '..' || segment === '.')
  if (unsafe)
    return sendProblem(
      res,
      new OperationError('invalid-input', 'a path may hold only letters, digits, dots, hyphens and underscores'),
    )
  const file = files.get(path.join('/'))
  if (file === undefined) return notFound(res, 'this skill has no such file')
  send(res, 200, file.bytes, mediaTypeOf(file.path))
}

function notFound(res: ServerResponse, message: string) {
  sendProblem(res, new OperationError('not-found', message))
}

async function discoveryIndex(skills: readonly ServedSkill[]) {
  const entries = await Promise.all(skills.map(discoveryEntry))
  return {
    $schema: 'https://schemas.agentskills.io/discovery/0.2.0/schema.json',
    skills: entries.filter((entry) => entry !== undefined),
  }
}

/** A skill that is one file is offered as that file, any other as its zip. */
async function discoveryEntry({ plan, folder }: ServedSkill) {
  const skillFile = folder?.files.get('SKILL.md')
  if (folder === undefined || skillFile === undefined) return undefined
  const single = folder.files.size === 1
  const artifact = single ? skillFile.bytes : await folder.zip()
  return {
    name: plan.name,
    type: single ? 'skill-md' : 'archive',
    description: plan.description,
    url: `/skills/${plan.name}/${single ? 'contents/SKILL.md' : 'download'}`,
    digest: `sha256:${createHash('sha256').update(artifact).digest('hex')}`,
  }
}
