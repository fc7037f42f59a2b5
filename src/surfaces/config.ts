/** `/config` of the control surface: what is served, whether a text would be, and the file read anew (spec-servers §6). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError, StartError } from '../errors.ts'
import type { ControlPlan } from '../plan.ts'
import { type Handler, methodNotAllowed, pathOf, readText, send, sendJson, sendProblem } from './http.ts'
import { problemOf } from './problem.ts'

/** A fault of a capability file, as it is told over HTTP. */
export interface Finding {
  readonly code: string
  readonly severity: string
  readonly message: string
  readonly hint?: string | undefined
  readonly location: {
    readonly file: string
    readonly pointer: string
    readonly line: number
    readonly column: number
  }
}

/** What the control surface can be asked to do; who serves the capability does it. */
export interface ControlActions {
  /** The capability as it is served, without its secrets. */
  readonly config: () => unknown
  /** What is wrong with a text, or with the file as it is now. */
  readonly validate: (text: string | undefined) => Promise<readonly Finding[]>
  /** Reads the file anew and serves it. With an error among what it answers, nothing has changed. */
  readonly reload: () => Promise<readonly Finding[]>
}

const paths = ['/config', '/config/validate', '/config/reload']

export function configHandler(plan: ControlPlan, actions: ControlActions | undefined): Handler {
  const [config, validate, reload] = paths
  return (req, res) => {
    const path = pathOf(req)
    if (actions === undefined || !paths.includes(path)) return false
    if (path === config && plan.info) only(req, res, 'GET', () => sendJson(res, 200, actions.config()))
    else if (path === validate && plan.validate === true) only(req, res, 'POST', () => validated(req, res, actions))
    else if (path === reload && plan.reload === true) only(req, res, 'POST', () => reloaded(res, actions))
    else return false
    return true
  }
}

function only(req: IncomingMessage, res: ServerResponse, method: 'GET' | 'POST', answer: () => void | Promise<void>) {
  if (req.method !== method && !(method === 'GET' && req.method === 'HEAD'))
    return methodNotAllowed(res, method === 'GET' ? 'GET, HEAD' : method)
  void Promise.resolve(answer()).catch((error: unknown) => sendProblem(res, error))
}

async function validated(req: IncomingMessage, res: ServerResponse, { validate }: ControlActions) {
  const text = await readText(req)
  const diagnostics = await validate(text.trim() === '' ? undefined : text)
  sendJson(res, 200, { valid: !diagnostics.some(isError), diagnostics })
}

async function reloaded(res: ServerResponse, { reload }: ControlActions) {
  const diagnostics = await reload().catch((error: unknown) => {
    throw error instanceof StartError ? new OperationError('rejected', error.message) : error
  })
  if (!diagnostics.some(isError)) return sendJson(res, 200, { status: 'reloaded', diagnostics })
  const detail = 'the file has faults, so what was served before goes on'
  const { status, body } = problemOf(new OperationError('rejected', detail))
  send(res, status, JSON.stringify({ ...body, diagnostics }), 'application/problem+json')
}

const isError = ({ severity }: Finding) => severity === 'error'
