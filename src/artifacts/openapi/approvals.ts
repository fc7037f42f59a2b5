/** What is told of calls that wait for a person: the answer to them, and the address where one looks what came of it. */

import type { Json, JsonSchema, RestPlan, RoutePlan } from '../../plan.ts'

/** Whether a person is asked before a route runs. */
export function asksFirst({ operation }: RoutePlan): boolean {
  return operation.confirmation !== undefined
}

/** Whether any route of a surface asks. */
export function waits({ routes }: RestPlan): boolean {
  return routes.some(asksFirst)
}

const content = { 'application/json': { schema: { $ref: '#/components/schemas/Approval' } } }

/** What a call that waits is answered. */
export const pendingAnswer: Json = {
  description: 'A person has to approve it first, and nothing was sent. Repeat the same request once they have.',
  headers: { Location: { description: 'Where its approval can be looked at.', schema: { type: 'string' } } },
  content,
}

/** Where the approvals of a surface are, as far as no route of it is there. */
export const statusPath = '/approvals/{approval}'

/** The same without the name of its variable. */
export const statusShape = 'approvals/{}'

/** The path item of that address. */
export const statusItem: Readonly<Record<string, Json>> = {
  get: {
    operationId: 'approvals.get',
    tags: ['approvals'],
    summary: 'Tells what became of an approval that a call waits for.',
    description: 'Looks only: a person releases or refuses it elsewhere, and the call is then repeated as it was.',
    parameters: [
      {
        name: 'approval',
        in: 'path',
        description: 'Its id, as the answer of the call that waits has it.',
        required: true,
        schema: { type: 'string' },
      },
    ],
    responses: {
      200: { description: 'The approval as it is now.', content },
      404: {
        description: 'There is no such approval.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
      default: { $ref: '#/components/responses/OtherProblem' },
    },
  },
}

/** Field by field what surfaces/rest/pending.ts answers. */
export const approvalSchema: JsonSchema = {
  description: 'What a call waits for. A person releases or refuses it elsewhere; it fits this very call, once.',
  type: 'object',
  properties: {
    status: { enum: ['pending', 'released', 'refused', 'used', 'expired'] },
    approval: { type: 'string', description: 'Its id.' },
    expires_at: { type: 'string', format: 'date-time' },
    question: { type: 'string', description: 'What would happen, to what, and what is there now.' },
    detail: { type: 'string', description: 'Who can release it, and how.' },
    decided_at: { type: 'string', format: 'date-time' },
    reason: { type: 'string', description: 'Why it was refused, or released.' },
  },
  required: ['status', 'approval', 'expires_at', 'question'],
}
