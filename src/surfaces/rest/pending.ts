/** A call that waits for a person, as REST tells it: 202 with the address where one can look what came of it (RFC 9110 §15.3.3). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../../errors.ts'
import type { Approval, Approvals } from '../../runtime/approvals/approvals.ts'
import { callerOf } from '../caller.ts'
import { methodNotAllowed, send, sendJson, sendProblem } from '../http.ts'
import { releaseOf } from '../problem.ts'

const folder = '/approvals/'

/** Whether a fault says that its call waits. */
export function isPending(error: unknown): error is OperationError {
  return error instanceof OperationError && error.code === 'approval-needed' && error.approval !== undefined
}

/** Answers a call that waits. */
export function sendPending(res: ServerResponse, error: OperationError) {
  const { approval, question, message } = error
  const { id = '', expiresAt } = approval ?? {}
  const detail = `${message}. ${releaseOf(error)}`
  const body = { status: 'pending', approval: id, expires_at: expiresAt, question: question?.text, detail }
  send(res, 202, JSON.stringify(body), undefined, ['location', `${folder}${id}`, 'cache-control', 'no-store'])
}

/** Answers what became of an approval to who asked for it; false for other paths. */
export function pendingHandler(approvals: Approvals) {
  return (path: string, req: IncomingMessage, res: ServerResponse): boolean => {
    if (!isStatusPath(path)) return false
    if (req.method !== 'GET' && req.method !== 'HEAD') methodNotAllowed(res, 'GET, HEAD')
    else
      void approvals.find(path.slice(folder.length)).then(
        (found) => answer(found, req, res),
        (error) => sendProblem(res, error),
      )
    return true
  }
}

/** Whether a path is that of an approval. */
export function isStatusPath(path: string): boolean {
  return path.startsWith(`${folder}ap_`)
}

/** That of somebody else is as if it were not there. */
function answer(found: Approval | undefined, req: IncomingMessage, res: ServerResponse) {
  if (found === undefined || found.caller !== callerOf(req)?.principal.subject.slice(0, 256))
    return sendProblem(res, new OperationError('not-found', 'there is no approval of this id'))
  const { state, id, expires_at, question, decision } = found
  const decided = decision && { decided_at: decision.at, ...(decision.reason && { reason: decision.reason }) }
  res.setHeader('cache-control', 'no-store')
  sendJson(res, 200, { status: state, approval: id, expires_at, question, ...decided })
}
