/**
 * `/approvals` of the control surface: what waits for a person, and where they decide. Always behind a credential: that of the
 * surface, or where it asks for none, the token of the approvals.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../errors.ts'
import type { ControlPlan, Plan } from '../plan.ts'
import type { Approval, Approvals, Decision } from '../runtime/approvals/approvals.ts'
import { decided } from '../runtime/approvals/desk.ts'
import type { Audit } from '../runtime/audit.ts'
import { lacking } from '../runtime/policy.ts'
import { matcher } from './authentication.ts'
import { callerOf, challengeTo } from './caller.ts'
import { refuse, takeCredential, unauthenticated } from './guard.ts'
import { type Handler, isJson, methodNotAllowed, pathOf, readJson, send, sendProblem } from './http.ts'
import { pageHeaders } from './page.ts'

export interface ApprovalFacts {
  readonly plan: Pick<Plan, 'capability' | 'operations'>
  readonly approvals: Approvals
  /** Where decisions are written down. Absent = nowhere. */
  readonly audit?: Audit | undefined
}

/** `/approvals`, `/approvals/{id}` and `/approvals/{id}/approve|deny`; false for other paths. */
export function approvalsHandler(plan: ControlPlan, facts: ApprovalFacts): Handler {
  return (req, res) => {
    const asked = askedFor(pathOf(req))
    if (asked === undefined) return false
    void answer(asked, plan, facts, req, res).catch((error) => sendProblem(res, error, challengeTo(req, error)))
    return true
  }
}

interface AskedFor {
  /** Absent = all. */
  readonly id?: string | undefined
  /** Absent = it is only looked at. */
  readonly verdict?: Decision['verdict']
}

function askedFor(path: string): AskedFor | undefined {
  const [, id, verb] = /^\/approvals(?:\/([^/]+)(?:\/(approve|deny))?)?$/.exec(path) ?? []
  if (path !== '/approvals' && id === undefined) return undefined
  return { id, ...(verb === undefined ? {} : { verdict: verb === 'approve' ? 'approved' : 'denied' }) }
}

async function answer(
  { id, verdict }: AskedFor,
  plan: ControlPlan,
  facts: ApprovalFacts,
  req: IncomingMessage,
  res: ServerResponse,
) {
  const isRead = req.method === 'GET' || req.method === 'HEAD'
  if (isRead && id === undefined && wantsPage(req)) return page(facts, res)
  if (!(await isApprover(plan, facts, req))) refuse(res, unauthenticated('Bearer'))
  else if (verdict === undefined) isRead ? await told(id, facts, req, res) : methodNotAllowed(res, 'GET, HEAD')
  else if (req.method !== 'POST') methodNotAllowed(res, 'POST')
  else await decide(id ?? '', verdict, plan, facts, req, res)
}

const wantsPage = ({ headers: { accept = '' } }: IncomingMessage) => /\btext\/html\b/.test(accept)

/** It holds nothing of what waits, so that a browser may have it before it has the token. */
async function page({ plan }: ApprovalFacts, res: ServerResponse) {
  const { inbox, inline } = await import('../artifacts/inbox.ts')
  send(res, 200, inbox(plan.capability.title), 'text/html; charset=utf-8', pageHeaders(inline))
}

/** Whoever the surface lets in where it asks who they are, else who has the token. */
async function isApprover({ authentication }: ControlPlan, { approvals }: ApprovalFacts, req: IncomingMessage) {
  if (authentication !== undefined) return true
  const token = await approvals.token()
  return matcher(token.reveal())(takeCredential(req, 'bearer'))
}

async function told(id: string | undefined, facts: ApprovalFacts, req: IncomingMessage, res: ServerResponse) {
  const { approvals } = facts
  if (id === undefined) {
    const all = await approvals.list()
    return sendFresh(res, { approvals: all.filter((one) => beyond(one, facts, req) === undefined) })
  }
  const found = await approvals.find(id)
  if (found === undefined) throw new OperationError('not-found', 'there is no approval of this id')
  const fault = beyond(found, facts, req)
  if (fault !== undefined) throw fault
  sendFresh(res, found)
}

/** Why a caller may not see and release a call: they might not make it themselves. */
function beyond({ operation: name }: Approval, { plan }: ApprovalFacts, req: IncomingMessage) {
  const operation = plan.operations.find((one) => one.name === name)
  return operation && lacking(operation, callerOf(req)?.principal.access)
}

/** Nobody is the other person that is asked for. */
async function checkOther(id: string, facts: ApprovalFacts, req: IncomingMessage) {
  const found = await facts.approvals.find(id)
  if (found === undefined) return
  const fault = beyond(found, facts, req)
  if (fault !== undefined) throw fault
  const subject = callerOf(req)?.principal.subject.slice(0, 256)
  if (subject !== undefined && subject !== '' && subject === found.caller)
    throw new OperationError('forbidden', 'whoever asked for it can not decide on it')
}

/** No cache on the way keeps it. */
function sendFresh(res: ServerResponse, value: unknown) {
  send(res, 200, JSON.stringify(value), undefined, ['cache-control', 'no-store'])
}

async function decide(
  id: string,
  verdict: Decision['verdict'],
  plan: ControlPlan,
  facts: ApprovalFacts,
  req: IncomingMessage,
  res: ServerResponse,
) {
  checkOwn(req)
  await checkOther(id, facts, req)
  const { reason } = ((await readJson(req)) ?? {}) as { readonly reason?: unknown }
  const by = callerOf(req)?.principal.subject.slice(0, 256) ?? credentialOf(plan)
  const given = { verdict, by, ...(typeof reason === 'string' ? { reason } : {}) }
  sendFresh(res, await decided(facts.approvals, facts.audit, id, given))
}

const credentialOf = ({ authentication }: ControlPlan) =>
  authentication === undefined ? 'approver token' : `control surface (${authentication.type})`

/** A page of another origin may not decide, though the browser adds the credential; nor can a form of it send JSON. */
function checkOwn({ headers }: IncomingMessage) {
  const { origin, host, 'content-type': type, 'sec-fetch-site': site = 'same-origin' } = headers
  const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
  if (site !== 'same-origin' || !isOwn)
    throw new OperationError('forbidden', 'a decision must come from the inbox itself, not from another page')
  if (type === undefined || !isJson(type))
    throw new OperationError('unsupported-media-type', 'a decision is sent as application/json')
}
