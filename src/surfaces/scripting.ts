/** `/scripting` of the control surface: what governs scripts, told and changed while serving (spec-servers §6). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type InputFault, OperationError } from '../errors.ts'
import type { ScriptingPlan } from '../plan.ts'
import type { Scripting } from '../runtime/scripting.ts'
import { nearest } from '../text/suggest.ts'
import { methodNotAllowed, readJson, sendJson, sendProblem } from './http.ts'

interface Setting {
  /** Its name in the plan. */
  readonly as: keyof ScriptingPlan
  readonly rule: string
  readonly fits: (value: unknown) => boolean
}

const languages = ['javascript', 'js', 'python', 'groovy']
const isLanguage = (value: unknown) => languages.includes(value as string)
const languageRule = `must be one of ${languages.join(', ')}`
const within = (most: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most

/** As `schemas/capability.schema.json` has them. */
const settings: Readonly<Record<string, Setting>> = {
  enabled: { as: 'enabled', rule: 'must be true or false', fits: (value) => typeof value === 'boolean' },
  timeout: { as: 'timeoutMs', rule: 'must be a whole number of milliseconds from 1 to 600000', fits: within(600_000) },
  statementLimit: { as: 'turns', rule: 'must be a whole number from 1', fits: within(Number.MAX_SAFE_INTEGER) },
  defaultLocation: {
    as: 'defaultLocation',
    rule: 'must be the file: URI of a folder',
    fits: (value) => typeof value === 'string' && value.startsWith('file:'),
  },
  defaultLanguage: { as: 'defaultLanguage', rule: languageRule, fits: isLanguage },
  allowedLanguages: {
    as: 'allowedLanguages',
    rule: `must be a list of ${languages.join(', ')}`,
    fits: (value) => Array.isArray(value) && value.every(isLanguage),
  },
}

/** Answers GET and HEAD with the settings and statistics, PUT with the same after the change. */
export function answerScripting(req: IncomingMessage, res: ServerResponse, scripting: Scripting) {
  if (req.method === 'GET' || req.method === 'HEAD') sendJson(res, 200, told(scripting))
  else if (req.method === 'PUT') void change(req, res, scripting)
  else methodNotAllowed(res, 'GET, HEAD, PUT')
}

async function change(req: IncomingMessage, res: ServerResponse, scripting: Scripting) {
  try {
    await scripting.change(changesOf(await readJson(req)))
    sendJson(res, 200, told(scripting))
  } catch (error) {
    sendProblem(res, error)
  }
}

function told(scripting: Scripting) {
  const current = scripting.settings()
  const entries = Object.entries(settings).map(([name, { as }]) => [name, current[as]])
  return { ...Object.fromEntries(entries), stats: scripting.stats() }
}

/** Every key is looked at before any is changed. What GET tells can be sent back: `stats` is passed over. */
function changesOf(body: unknown): Partial<ScriptingPlan> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new OperationError('invalid-input', 'the body must be a JSON object of settings')
  const given = Object.entries(body).filter(([name]) => name !== 'stats')
  const errors = given.flatMap(([name, value]) => faultOf(name, value))
  if (errors.length > 0) throw new OperationError('invalid-input', 'nothing is changed', { errors })
  return Object.fromEntries(given.map(([name, value]) => [settings[name]?.as, value]))
}

function faultOf(name: string, value: unknown): readonly InputFault[] {
  const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  const setting = Object.hasOwn(settings, name) ? settings[name] : undefined
  if (setting !== undefined) return setting.fits(value) ? [] : [{ pointer, message: setting.rule }]
  const near = nearest(name, Object.keys(settings))
  const hint = near === undefined ? `there are ${Object.keys(settings).join(', ')}` : `did you mean "${near}"?`
  return [{ pointer, message: 'is no setting of scripts', hint }]
}
