/** Every kind of fault by its code: how it is answered, what has happened, whether the same call may be repeated. */

import type { OperationErrorCode } from '../errors.ts'

interface Kind {
  readonly status: number
  readonly title: string
  /** What has happened, in a sentence or two, for the reference. */
  readonly when: string
  /** What an MCP client gets where it is no result of a tool; '' = nothing. */
  readonly mcp?: string
}

/** What is answered, by code. An upstream refusal has a status of its own, see `statusOf`. */
export const answers: Readonly<Record<OperationErrorCode, Kind>> = {
  'invalid-input': {
    status: 400,
    title: 'Invalid input',
    when: 'An input does not fit its schema, or a script refused it; `errors` names each place. Nothing was written.',
  },
  unauthenticated: {
    status: 401,
    title: 'Authentication needed',
    when: 'No credential, or not a good one; nothing says what was wrong with it.',
    mcp: 'HTTP 401',
  },
  'authentication-unavailable': {
    status: 503,
    title: 'Authentication unavailable',
    when: "The authorization server can't be asked about tokens now.",
    mcp: 'HTTP 503',
  },
  forbidden: {
    status: 403,
    title: 'Refused',
    when: 'A web page of another origin asked, or someone who may not decide on an approval.',
    mcp: 'HTTP 403',
  },
  'insufficient-scope': {
    status: 403,
    title: 'Not allowed',
    when: 'The token lacks the scopes that `WWW-Authenticate` names.',
    mcp: 'HTTP 403',
  },
  'insufficient-role': {
    status: 403,
    title: 'Not allowed',
    when: 'The caller has no role that may run this; the text names those that may.',
  },
  'approval-needed': {
    status: 202,
    title: 'Approval needed',
    when: 'A person has to release this very call first. Nothing was sent.',
  },
  'key-reused': {
    status: 422,
    title: 'Key used before',
    when: 'The key of this write was used for another call.',
  },
  'outcome-unknown': {
    status: 409,
    title: 'Outcome unknown',
    when: 'A crash cut this write off, and nobody knows whether it was made: read the state, then take another key.',
  },
  changed: {
    status: 412,
    title: 'Changed since it was read',
    when: 'What the caller has seen is not what is there. Nothing was sent.',
  },
  declined: {
    status: 403,
    title: 'Declined',
    when: 'A person said no. Nothing was sent.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    when: 'Nothing is at this address, or has this id.',
    mcp: 'HTTP 404, or error -32602',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    when: 'The address takes other methods, which `Allow` names.',
    mcp: 'HTTP 405',
  },
  'not-acceptable': {
    status: 406,
    title: 'No acceptable form',
    when: '`Accept` excludes every form that the answer can be had in.',
    mcp: 'HTTP 406',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    when: 'More requests than the companion file allows, of a caller or to an upstream.',
    mcp: 'of a caller HTTP 429, else `isError`',
  },
  'payload-too-large': {
    status: 413,
    title: 'Request too large',
    when: 'A body over 1 MiB, or a form with files over 10 MiB.',
    mcp: 'HTTP 413',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    when: 'A body of a type that is not taken; `Accept-Post` says which are.',
    mcp: 'HTTP 400',
  },
  'upstream-refused': {
    status: 502,
    title: 'Refused by the upstream',
    when: "The upstream said no. Its 4xx is passed on, but 401, 402, 403 and 407, which concern this server's credential.",
  },
  'upstream-unreachable': {
    status: 502,
    title: 'Upstream unreachable',
    when: 'No connection, or one that broke.',
  },
  'upstream-timeout': {
    status: 504,
    title: 'Upstream too slow',
    when: 'No answer within the time of the call, 30 seconds unless the companion file says otherwise.',
  },
  'upstream-unreadable': {
    status: 502,
    title: 'Unreadable answer from the upstream',
    when: 'The answer is not of the format that the capability says.',
  },
  'unmappable-output': {
    status: 502,
    title: 'Unexpected answer from the upstream',
    when: 'The answer holds nothing where the output is mapped from.',
  },
  'script-failed': {
    status: 500,
    title: 'A script failed',
    when: 'A script threw, went over a limit, had no turn, or is switched off.',
  },
  rejected: {
    status: 422,
    title: 'Not accepted',
    when: "A file that can't be served, an approval that is decided already, or a script that refused its input after a write.",
  },
  unavailable: {
    status: 503,
    title: 'Not available now',
    when: 'An upstream that is left alone after failures, too many calls that wait, or nowhere to write down what is done.',
  },
  cancelled: {
    status: 499,
    title: 'Cancelled by the caller',
    when: 'The caller went away.',
    mcp: '',
  },
}

/** Faults beside those of an upstream that may be over when the same request is repeated. */
const others: readonly OperationErrorCode[] = [
  'unmappable-output',
  'script-failed',
  'authentication-unavailable',
  'rate-limited',
  'unavailable',
]

/** Every kind of refusal with the status that REST answers. That of an upstream may have one of its own. */
export function problemKinds() {
  return Object.entries(answers).map(([code, answer]) => ({ code: code as OperationErrorCode, ...answer }))
}

/** Whether the answer to such a fault says, with `retryable`, if the same call may be repeated. Others may not be. */
export function saysRetryable(code: OperationErrorCode): boolean {
  return code.startsWith('upstream') || others.includes(code)
}

/** How a command ends that such a fault ended. */
export function exitCodeOf(code: OperationErrorCode): 1 | 3 {
  return code === 'approval-needed' ? 3 : 1
}
