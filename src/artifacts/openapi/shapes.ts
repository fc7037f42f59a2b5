/** Schemas that every description has: a problem, and what is answered where nothing was sent. */

import type { JsonSchema } from '../../plan.ts'

/** Field by field what `Problem` in surfaces/problem.ts says. */
export const problemSchema: JsonSchema = {
  description: 'Problem details (RFC 9457).',
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri', description: 'Which kind of problem it is.' },
    title: { type: 'string', description: 'The kind of problem in words.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    detail: { type: 'string', description: 'What went wrong this time.' },
    errors: {
      description: 'The inputs that do not fit.',
      type: 'array',
      items: {
        type: 'object',
        properties: {
          pointer: { type: 'string', description: 'JSON Pointer (RFC 6901) into the input.' },
          detail: { type: 'string' },
          hint: { type: 'string' },
        },
        required: ['pointer', 'detail'],
      },
    },
    request_id: { type: 'string', description: 'Name of the request, as in X-Request-Id.' },
    retryable: { type: 'boolean', description: 'Whether the same request may succeed later.' },
    retry_after_seconds: { type: 'number', description: 'How long to wait before it.' },
    upstream: {
      description: 'The upstream call that failed.',
      type: 'object',
      properties: { operation: { type: 'string' }, status: { type: 'integer' } },
      required: ['operation'],
    },
  },
  required: ['type', 'title', 'status', 'detail'],
}

/** Field by field what `Rehearsal` in runtime/rehearse.ts says. */
export const dryRunSchema: JsonSchema = {
  description: 'What a write would send, with its secrets hidden. Nothing was sent.',
  type: 'object',
  properties: {
    dry_run: { const: true },
    operation: { type: 'string' },
    requests: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          step: { type: 'string' },
          method: { type: 'string' },
          url: { type: 'string' },
          headers: { type: 'object', additionalProperties: { type: 'string' } },
          body: { description: 'JSON, text, or the base64 of bytes.' },
          depends_on: { type: 'array', items: { type: 'string' }, description: 'Steps whose answers it is made of.' },
        },
        required: ['method', 'url'],
      },
    },
    reason: { type: 'string', description: 'Why nothing would be sent.' },
    changes: {
      description: 'What would be another than it is now.',
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, from: {}, to: {} }, required: ['path'] },
    },
    more_changes: { type: 'integer', description: 'How many others there are.' },
  },
  required: ['dry_run', 'operation', 'requests'],
}

/** Field by field what `looked` in runtime/look.ts answers. */
export const nothingSentSchema: JsonSchema = {
  description: 'There was nothing left to do, so nothing was sent.',
  type: 'object',
  properties: { nothing_sent: { const: true }, reason: { type: 'string' } },
  required: ['nothing_sent', 'reason'],
}
