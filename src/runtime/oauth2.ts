/**
 * OAuth 2 client credentials (RFC 6749 §4.4): a token is fetched when the first call needs it, kept until shortly before
 * it expires, and fetched by one request at a time. Neither the secret nor a token is ever part of a message.
 */

import { OperationError } from '../errors.ts'
import type { Call } from './call.ts'
import type { Send, UpstreamRequest } from './message.ts'
import type { Granted, OAuth2Client } from './token-request.ts'
import { cancelledError } from './upstream-faults.ts'

interface Token {
  readonly value: string
  /** On the clock of `performance.now()`. */
  readonly until: number
}

export interface Tokens {
  /** The token that is there and has not expired. */
  readonly current: () => string | undefined
  /** The token for a call. Rejects with OperationError. */
  readonly token: () => Promise<string>
  /** A token that is not `refused`. */
  readonly renewed: (refused: string) => Promise<string>
  /** What must not be printed. */
  readonly issued: () => readonly string[]
}

/** Sends with a token; one that the upstream refuses is replaced once. A call waits for one no longer than it may take. */
export function withToken(send: Send, tokens: Tokens, { namespace, timeoutMs }: Waiting): Send {
  return async (request, call) => {
    const { deadline = performance.now() + timeoutMs } = request
    const waited = (fetching: Promise<string>) => inTime(fetching, deadline, call, namespace)
    const token = tokens.current() ?? (await waited(tokens.token()))
    const first = await send(bearing(request, token), call)
    if (first.status !== 401) return first
    return send(bearing(request, await waited(tokens.renewed(token))), call)
  }
}

type Waiting = Pick<OAuth2Client, 'namespace' | 'timeoutMs'>

/** Others may wait for the same token, so it is fetched on when one of them has no time left, or has gone. */
function inTime(fetching: Promise<string>, deadline: number, call: Call | undefined, namespace: string) {
  let timer: NodeJS.Timeout | undefined
  const ended = new Promise<never>((_, reject) => {
    const late = `no token for "${namespace}" came within the time of the call, which was not made`
    const fault = () => reject(new OperationError('upstream-timeout', late, { retryable: true }))
    timer = setTimeout(fault, deadline - performance.now())
    if (call !== undefined) call.abort = () => reject(cancelledError())
    if (call?.cancelled) call.abort?.()
  })
  return Promise.race([fetching, ended]).finally(() => {
    clearTimeout(timer)
    if (call !== undefined) call.abort = undefined
  })
}

function bearing(request: UpstreamRequest, token: string): UpstreamRequest {
  return { ...request, headers: [...request.headers, 'authorization', `Bearer ${token}`] }
}

export function createTokens(client: OAuth2Client): Tokens {
  let current: Token | undefined
  let before: Token | undefined
  let fetching: Promise<Token> | undefined
  const fetchOne = () => {
    fetching ??= import('./token-request.ts')
      .then(({ requestToken }) => requestToken(client))
      .then((granted) => keep(granted))
      .finally(() => {
        fetching = undefined
      })
    return fetching
  }
  const keep = ({ value, expiresIn }: Granted) => {
    before = current
    current = { value, until: performance.now() + lifetimeOf(expiresIn) }
    return current
  }
  const usable = () => (current !== undefined && performance.now() < current.until ? current.value : undefined)
  return {
    current: usable,
    token: async () => usable() ?? (await fetchOne()).value,
    renewed: async (refused) => {
      const other = current !== undefined && current.value !== refused
      return other ? (current as Token).value : (await fetchOne()).value
    },
    issued: () => [current, before].flatMap((token) => (token === undefined ? [] : [token.value])),
  }
}

const longestMargin = 30

/** Milliseconds that a token is used for: it must not expire on its way. */
function lifetimeOf(expiresIn: number | undefined): number {
  if (expiresIn === undefined) return Number.POSITIVE_INFINITY
  return (expiresIn - Math.min(longestMargin, expiresIn / 10)) * 1000
}
