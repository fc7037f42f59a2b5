/**
 * The skill surface: a read-only catalog of Agent Skills (spec-servers §5), and the discovery index that installers ask
 * for (`/.well-known/agent-skills/index.json`, Agent Skills Discovery 0.2.0).
 */

import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../errors.ts'
import type { SkillPlan, SkillSurfacePlan, SkillToolPlan } from '../plan.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { type Observers, requestPoint } from '../runtime/telemetry/points.ts'
import { byAccess, callerOf } from './caller.ts'
import { sendTagged, type Tagged } from './conditional.ts'
import { safeName } from './folder.ts'
import { type Handler, inert, methodNotAllowed, pathOf, sendProblem } from './http.ts'
import { mediaTypeOf } from './media-types.ts'
import { type Archive, once, type ServedSkill, type SkillFile } from './skill-library.ts'
import { sameIn, visibleTo } from './visible.ts'

/** Serves the skills of a surface, as they were read at start. */
export function skillHandler(
  surface: SkillSurfacePlan,
  served: readonly ServedSkill[],
  { plan, context: observers }: Pick<Runtime, 'plan' | 'context'>,
): Handler {
  const { authentication } = surface
  const byName = (all: readonly ServedSkill[]) => new Map(all.map((skill) => [skill.plan.name, skill]))
  const to = byAccess(byName(served), (access) => byName(seenIn(sameIn(visibleTo(plan, access), surface), served)))
  const index = once(async () => json(await discoveryIndex(served)))
  const observe = observing(observers)
  // A cache on the way keeps nothing that somebody had to be let in for, and asks whether it is still so (RFC 9111).
  const caching = ['cache-control', authentication === undefined ? 'no-cache' : 'private, no-cache']
  return (req, res) => {
    const path = pathOf(req)
    if (!ownsSkills(path)) return false
    observe(path, req, res)
    if (req.method !== 'GET' && req.method !== 'HEAD') methodNotAllowed(res, 'GET, HEAD')
    else {
      const found = path.startsWith('/.well-known')
        ? index()
        : answer(path.split('/').slice(2), to(callerOf(req)?.principal.access))
      found.then(
        (one) => sendTagged(req, res, { ...one, headers: [...caching, ...one.headers] }),
        (error) => sendProblem(res, error),
      )
    }
    return true
  }
}

/** The skills with the tools that they have in another form of their surface. */
function seenIn({ skills }: SkillSurfacePlan, served: readonly ServedSkill[]): readonly ServedSkill[] {
  return served.map((skill) => ({ ...skill, plan: skills.find(({ name }) => name === skill.plan.name) ?? skill.plan }))
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

/** What is at an address. Rejects with OperationError. */
async function answer(parts: readonly string[], skills: ReadonlyMap<string, ServedSkill>): Promise<Tagged> {
  const [name, section, ...path] = parts
  if (name === undefined) return json(catalog([...skills.values()]))
  const skill = skills.get(name)
  if (skill === undefined) throw notFound('there is no such skill')
  if (section === undefined) return json(detail(skill.plan))
  const { folder } = skill
  if (folder === undefined) throw notFound('this skill has no files')
  if (section === 'download' && path.length === 0) return download(name, await folder.archive())
  if (section !== 'contents') throw notFound('there is no such address')
  return path.length === 0 ? json(contents(name, folder.files)) : fileAt(path, folder.files)
}

function json(value: unknown): Tagged {
  const body = JSON.stringify(value)
  return { body, tag: hash('sha1', body, 'base64url'), headers: [] }
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

function contents(name: string, files: ReadonlyMap<string, SkillFile>) {
  return {
    name,
    files: [...files.values()].map(({ path, bytes }) => ({ path, size: bytes.length, type: mediaTypeOf(path) })),
  }
}

function download(name: string, { bytes, digest }: Archive): Tagged {
  const disposition = ['content-disposition', `attachment; filename="${name}.zip"`]
  return { body: bytes, type: 'application/zip', tag: digest, headers: [...disposition, ...inert] }
}

/** Only what was read at start is served, so a path can't leave the folder; an unsafe one is still called what it is. */
function fileAt(path: readonly string[], files: ReadonlyMap<string, SkillFile>): Tagged {
  if (path.some((segment) => !safeName.test(segment) || segment === '..' || segment === '.'))
    throw new OperationError('invalid-input', 'a path may hold only letters, digits, dots, hyphens and underscores')
  const file = files.get(path.join('/'))
  if (file === undefined) throw notFound('this skill has no such file')
  return { body: file.bytes, type: mediaTypeOf(file.path), tag: file.digest, headers: inert }
}

function notFound(message: string): OperationError {
  return new OperationError('not-found', message)
}

async function discoveryIndex(skills: readonly ServedSkill[]) {
  const entries = await Promise.all(skills.map(discoveryEntry))
  return {
    $schema: 'https://schemas.agentskills.io/discovery/0.2.0/schema.json',
    skills: entries.filter((entry) => entry !== undefined),
  }
}

/** A skill that is one file is offered as that file, any other as its archive. */
async function discoveryEntry({ plan, folder }: ServedSkill) {
  const skillFile = folder?.files.get('SKILL.md')
  if (folder === undefined || skillFile === undefined) return undefined
  const single = folder.files.size === 1
  const { digest } = single ? skillFile : await folder.archive()
  return {
    name: plan.name,
    type: single ? 'skill-md' : 'archive',
    description: plan.description,
    url: `/skills/${plan.name}/${single ? 'contents/SKILL.md' : 'download'}`,
    digest: `sha256:${digest}`,
  }
}
