/** Why no answer came from an upstream, as faults that are told apart. */

import { OperationError } from '../errors.ts'
import type { Circuit } from './circuit.ts'
import type { UnderWay } from './deadlines.ts'
import { privateAddressCode } from './private-address.ts'

/** Who was asked, where, and for how long at most, in milliseconds. */
export interface Place {
  readonly namespace: string
  readonly origin: string
  readonly timeoutMs: number
  /** Hears how each exchange went. Undefined = nobody does. */
  readonly circuit: Circuit | undefined
  readonly underWay: UnderWay
}

export function cancelledError(): OperationError {
  return new OperationError('cancelled', 'the caller has gone, so the call was stopped')
}

/** What a connection or the client says went wrong. */
export function faultOf(error: Error & { code?: string }, place: Place): OperationError {
  const code = error.code ?? ''
  if (code.includes('TIMEOUT') || code === 'ETIMEDOUT') return timeout(place, error)
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW')
    return unreadable(place, 'its answer is not valid HTTP', error)
  const why = reasons[code] ?? (code || 'the connection failed')
  const message = `"${place.namespace}" can't be reached at ${place.origin}: ${why}`
  return new OperationError('upstream-unreachable', message, { retryable: neverSent.has(code), cause: error })
}

export function timeout({ namespace, timeoutMs }: Place, cause?: Error): OperationError {
  const message = `"${namespace}" did not answer within ${timeoutMs / 1000} seconds`
  return new OperationError('upstream-timeout', message, { cause })
}

/** `keyword` = what sets the limit, where the capability does. */
export function tooLarge(place: Place, maxBytes: number, keyword?: string): OperationError {
  const limit = keyword === undefined ? '' : ` (${keyword})`
  return unreadable(place, `its answer is larger than ${maxBytes} bytes${limit}`)
}

function unreadable({ namespace }: Place, why: string, cause?: Error): OperationError {
  return new OperationError('upstream-unreadable', `the answer of "${namespace}" can't be read: ${why}`, { cause })
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name could not be looked up',
  [privateAddressCode]: 'its name leads to a private address, which --allow-private-upstreams would allow',
  ECONNRESET: 'the connection was closed before the answer came',
  UND_ERR_SOCKET: 'the connection was closed before the answer came',
  EPIPE: 'the connection was closed before the request was sent',
  UND_ERR_DESTROYED: 'this program is shutting down',
  UND_ERR_CLOSED: 'this program is shutting down',
}

/** Whether another try may come through: a name that leads where nobody may go still does. */
export function mayPassOver({ code, cause }: OperationError): boolean {
  const why = (cause as { code?: string } | undefined)?.code ?? ''
  return code === 'upstream-timeout' || (code === 'upstream-unreachable' && !lasting.has(why))
}

const lasting = new Set([privateAddressCode, 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED'])

/** Faults after which the upstream can't have seen the request. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])
