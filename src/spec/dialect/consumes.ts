/** Reads a consumed API of either dialect (spec §2). */

import { child } from '../../text/pointer.ts'
import type * as doc from '../document.ts'
import { copy, list, optional, type Raw, raw } from '../raw.ts'
import { outputs } from './flows.ts'
import type { Reader } from './reader.ts'

/** A consumed API with its resources and their operations. */
export function consumes(entry: Raw, pointer: string, reader: Reader): doc.Consumes {
  const inputs = (of: Raw, at: string) =>
    reader.named(of.inputParameters, child(at, 'inputParameters'), 'parameters', consumedInput)
  return {
    pointer,
    namespace: String(entry.namespace),
    ...copy(entry, ['description', 'tunnel']),
    baseUri: String(entry.baseUri),
    inputParameters: inputs(entry, pointer),
    ...optional('authentication', authentication(entry.authentication)),
    resources: reader.named(entry.resources, child(pointer, 'resources'), 'resources', (resource, at) => ({
      path: String(resource.path),
      ...copy(resource, ['description']),
      inputParameters: inputs(resource, at),
      operations: reader.named(resource.operations, child(at, 'operations'), 'operations', (operation, opAt) => ({
        method: operation.method as doc.ConsumedOperation['method'],
        ...copy(operation, [
          'description',
          'body',
          'path',
          'outputRawFormat',
          'outputSchema',
          'outputMediaType',
          'maxBinarySize',
        ]),
        inputParameters: inputs(operation, opAt),
        ...optional('outputParameters', outputs(operation.outputParameters, child(opAt, 'outputParameters'), reader)),
      })),
    })),
  }
}

const consumedInput = (item: Raw) =>
  copy(item, ['in', 'value', 'type', 'required', 'description']) as unknown as doc.ConsumedInput

/** Of either side of a capability; undefined where it is of a kind that none takes. */
export function authentication(value: unknown): doc.AnyAuthentication | undefined {
  const a = raw(value)
  if (a.type === 'oauth2')
    return {
      type: 'oauth2',
      ...copy(a, ['tokenEndpoint', 'authorizationServerUri', 'audience', 'resource', 'tokenValidation']),
      scopes: list(a.scopes) as readonly string[],
    }
  if (a.type !== 'digest') return sentAuthentication(a)
  return { type: 'digest', username: String(a.username ?? ''), password: String(a.password ?? '') }
}

/** Credentials that are sent as they are. */
function sentAuthentication(a: Raw): doc.Authentication | undefined {
  switch (a.type) {
    case 'basic':
      return { type: 'basic', username: String(a.username), password: String(a.password ?? '') }
    case 'bearer':
      return { type: 'bearer', token: String(a.token ?? a.value ?? '') }
    case 'apikey':
      return {
        type: 'apikey',
        key: String(a.key ?? a.name ?? 'X-API-Key'),
        value: String(a.value),
        placement: (a.placement ?? a.in ?? 'header') as 'header' | 'query',
      }
    default:
      return undefined
  }
}
