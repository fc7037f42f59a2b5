/** The grammar of consumed APIs: their requests, their bodies, and authentication of either side (spec §2). */

import { methods, outputTypes, titled, type Unit, type Units } from './unit.ts'

const formats = '=json|xml|avro|protobuf|csv|tsv|psv|yaml|html|markdown'
const textBody: Unit = { keys: { 'type!': 'text', 'data!': 'text' } }
const credentials: Unit = { keys: { 'type!': 'text', username: 'text', password: 'text' } }

export const consumes: Units = {
  consumes: {
    keys: {
      'type!': '=http',
      'namespace!': 'kebab',
      description: 'text',
      'baseUri!': 'base',
      inputParameters: '<consumedInput>',
      authentication: 'authentication',
      'tunnel|': 'tunnel',
      resources: '<consumedResource>+',
    },
  },
  tunnel: { keys: { 'type!': '=ziti', 'service!': 'text', 'identity!': 'text', fallback: '=fail|direct' } },
  consumedResource: {
    keys: {
      '@!': 'kebab',
      ...titled,
      'path!': 'text',
      inputParameters: '<consumedInput>',
      'operations!': '<consumedOperation>+',
    },
  },
  consumedOperation: {
    keys: {
      '@!': 'kebab',
      ...titled,
      'method!': methods,
      inputParameters: '<consumedInput>',
      body: 'text or body',
      outputRawFormat: `${formats}|binary / ${formats}`,
      outputSchema: 'text',
      outputParameters: '<consumedOutput>',
      'outputMediaType|': 'text',
      'maxBinarySize|': 'size',
    },
  },
  consumedInput: { keys: { '@!': 'extended', 'in!': '=query|header|path|cookie|body|environment', value: 'text' } },
  consumedOutput: { keys: { '@!': 'any / extended', 'type!': outputTypes, 'value!': 'text' } },
  'body json': { keys: { 'type!': 'text', 'data!': 'text or map or list' } },
  'body text': textBody,
  'body xml': textBody,
  'body sparql': textBody,
  'body formUrlEncoded': { keys: { 'type!': 'text', 'data!': 'text or {text}' } },
  'body multipartForm': { keys: { 'type!': 'text', 'data!': '[bodyPart]' } },
  bodyPart: { keys: { 'name!': 'text', 'value!': 'text', filename: 'text', contentType: 'text' } },
  'authentication basic': credentials,
  'authentication digest': credentials,
  'authentication bearer': { keys: { 'type!': 'text', 'token|token|value': 'text' } },
  'authentication apikey': {
    keys: { 'type!': 'text', 'key|key|name': 'text', value: 'text', 'placement|placement|in': '=header|query' },
  },
  'authentication oauth2': {
    keys: {
      'type!': 'text',
      'authorizationServerUri!': 'uri',
      'resource!': 'uri',
      scopes: '[text]',
      audience: 'text',
      tokenEndpoint: 'uri',
      tokenValidation: '=jwks|introspection',
    },
  },
}
