// What a plan says, and whether it fits what is there. Imported, not run. Generated: change the capability, not this file.
import { createHash } from 'node:crypto'
import { argumentProblems, callOf, calls, capability, requestOf, sendInTurn } from './calls.mjs'
import { brief, exits, readText, Stop } from './program.mjs'

/** Largest plan, in actions. */
export const most = 200

/** A plan that says what it should; else every problem, each with where it is. */
export function readPlan(path) {
  let plan
  try {
    plan = JSON.parse(readText(path))
  } catch (error) {
    if (error instanceof Stop) throw error
    throw new Stop(exits.invalid, `${path} is no JSON: ${error.message}`)
  }
  return { plan, problems: shapeProblems(plan) }
}

function shapeProblems(plan) {
  const { planVersion, capability: of, actions, ...others } = plan ?? {}
  const problems = []
  const say = (at, message) => problems.push({ at, message })
  if (planVersion !== 1) say('/planVersion', 'must be 1')
  if (of !== capability) say('/capability', `must be "${capability}"`)
  for (const name of Object.keys(others)) say(`/${name}`, 'is not known')
  if (!Array.isArray(actions) || actions.length === 0 || actions.length > most)
    say('/actions', `must be a list of 1 to ${most} actions`)
  else actionsProblems(actions, say)
  return problems
}

function actionsProblems(actions, say) {
  const ids = new Set()
  const made = new Map()
  for (const [i, action] of actions.entries()) {
    const at = `/actions/${i}`
    if (!isObject(action)) {
      say(at, 'must be an object')
      continue
    }
    actionProblems(action, (below, message) => say(at + below, message))
    const call = digestOf([action.tool, action.arguments])
    if (ids.has(action.id)) say(`${at}/id`, 'stands twice')
    if (made.has(call)) say(at, `is the same call as /actions/${made.get(call)}`)
    ids.add(action.id)
    if (!made.has(call)) made.set(call, i)
  }
}

const members = ['id', 'tool', 'arguments', 'reason', 'look', 'expect', 'after']

function actionProblems(action, say) {
  const { id, tool, reason, look, expect, after } = action
  for (const name of Object.keys(action)) if (!members.includes(name)) say(`/${name}`, 'is not known')
  if (typeof id !== 'string' || !/^[\w.-]{1,64}$/.test(id))
    say('/id', 'must be 1 to 64 letters, digits, dots, hyphens and underscores')
  if (typeof reason !== 'string' || reason.trim() === '') say('/reason', 'must say why')
  if (callOf(tool)?.writes !== true) say('/tool', `must be one of ${writing().join(', ')}`)
  else argumentProblems(calls[tool], action.arguments, (at, message) => say(`/arguments${at}`, message))
  if (look !== undefined && callOf(look?.tool)?.writes !== false) say('/look/tool', 'must be a tool that only reads')
  else if (look !== undefined)
    argumentProblems(calls[look.tool], look.arguments, (at, message) => say(`/look/arguments${at}`, message))
  if (!isPointers(expect)) say('/expect', 'must hold values by JSON Pointer')
  if (after !== 'gone' && !isPointers(after)) say('/after', 'must be "gone", or hold values by JSON Pointer')
  if ((expect ?? after) !== undefined && lookOf(action) === undefined) say('/look', 'is needed to know what is there')
}

const writing = () => Object.keys(calls).filter((name) => calls[name].writes)

const isPointers = (value) =>
  value === undefined || (isObject(value) && Object.keys(value).every((at) => at === '' || at.startsWith('/')))

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What reads the thing that an action is about: as the plan says, else as the capability does. */
export function lookOf({ tool, arguments: given, look }) {
  if (look !== undefined) return look
  const own = callOf(tool)?.look
  return own && { tool: own.tool, arguments: Object.fromEntries(own.inputs.map((name) => [name, given?.[name]])) }
}

/** What is there: its answer, and a digest of it. `gone` where there is nothing. */
export async function look(base, action) {
  const { tool, arguments: given } = lookOf(action)
  const answer = await sendInTurn(base, requestOf(tool, given))
  const { status, json, etag } = answer
  if (status === 404 && typeOf(json) !== 'not-found') return { state: 'gone' }
  if (status !== 200 || json === undefined)
    throw new Stop(exits.connection, `${tool} answers ${status}: ${toldBy(answer)}`)
  return { state: digestOf(json), value: json, etag }
}

/** The last word of the type of a problem: `not-found` = there is no such address, and not no such thing. */
export const typeOf = (json) => String(json?.type).split(':').at(-1)

const toldBy = ({ json }) => brief(json?.detail) ?? 'is it the capability?'

/** Whether what is there is what a plan wants afterwards. */
export const holds = (after, { state, value }) =>
  after === 'gone' ? state === 'gone' : state !== 'gone' && differences(after, value).length === 0

/** Which of the values that a plan names are others. */
function differences(pointers, value) {
  return Object.entries(pointers).flatMap(([at, wanted]) => {
    const found = valueAt(at, value)
    return digestOf(found) === digestOf(wanted) ? [] : [{ at, wanted, found: brief(found ?? null) }]
  })
}

function valueAt(pointer, value) {
  const names = pointer.split('/').slice(1)
  return names.reduce((at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], value)
}

/** The same for the same value, whatever the order of its members. */
export function digestOf(value) {
  const sorted = (_, member) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member
  return createHash('sha256')
    .update(JSON.stringify(value, sorted) ?? 'null')
    .digest('base64url')
}

/** Looks at everything that a plan is about, and rehearses each call. Nothing is changed by it. */
export async function examine(base, plan) {
  const problems = []
  const seen = {}
  const tags = {}
  for (const action of plan.actions) {
    const say = (kind, message, more = {}) => problems.push({ id: action.id, kind, message, ...more })
    if (lookOf(action) !== undefined) {
      const found = await look(base, action)
      seen[action.id] = found.state
      tags[action.id] = found.etag
      if (found.state === 'gone') say('state', 'is not there: gone, or an id of another kind')
      else for (const one of differences(action.expect ?? {}, found.value)) say('state', `${one.at} is another`, one)
    }
    if (seen[action.id] !== 'gone') await rehearse(base, action, say)
  }
  return { problems, seen, tags, planDigest: digestOf([plan, seen]) }
}

async function rehearse(base, { tool, arguments: given }, say) {
  if (!calls[tool].rehearses) return
  const answer = await sendInTurn(base, requestOf(tool, given, { dry_run: 'true' }))
  const { status, json } = answer
  if (status === 200) return
  if (status === 403 || typeOf(json) === 'not-found')
    throw new Stop(exits.connection, `${tool} answers ${status}: ${toldBy(answer)}`)
  const errors = json?.errors?.map(({ pointer, detail, hint }) => `${pointer} ${detail}${hint ? ` (${hint})` : ''}`)
  say(status === 400 ? 'input' : 'refused', brief(errors?.join('; ') ?? json?.detail ?? `answers ${status}`))
}

/** What check.mjs prints, and run.mjs without --confirm. */
export async function rehearsal(base, plan) {
  const { problems, planDigest } = await examine(base, plan)
  const counts = {}
  for (const { tool } of plan.actions) counts[tool] = (counts[tool] ?? 0) + 1
  return { ok: problems.length === 0, planDigest, counts, problems, exit: exitOf(problems) }
}

/** The exit code of problems: an input is the plan's fault, all else is what is there. */
export function exitOf(problems) {
  if (problems.length === 0) return exits.ok
  return problems.some(({ kind }) => kind === 'input') ? exits.invalid : exits.changed
}
