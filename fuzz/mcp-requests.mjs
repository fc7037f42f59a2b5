/** Messages to an MCP surface, of both eras and of none. */

import fc from 'fast-check'
import { bodyOf, inputOf, junkValue, someHeaders, strayMethod } from './junk.mjs'

const revision = '2026-07-28'
const _meta = {
  'io.modelcontextprotocol/protocolVersion': revision,
  'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
}
const oddMeta = fc.oneof(
  { weight: 18, arbitrary: fc.constant(_meta) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      undefined,
      null,
      [],
      'x',
      {},
      { ..._meta, 'idempotency-key': 'k' },
      { ..._meta, 'idempotency-key': [1] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(...Object.keys(_meta), 'progressToken', 'traceparent', '__proto__'),
      junkValue,
    ),
  },
)

function mcpMessage({ tools, uris, prompts, examples }) {
  const tool = (one) => inputOf(one.schema, examples).map((args) => ['tools/call', { name: one.name, arguments: args }])
  const other = fc.constantFrom(
    ...[
      ['server/discover', {}],
      ['tools/list', {}],
      ['resources/list', {}],
      ['prompts/list', {}],
      ['ping', {}],
      ['resources/templates/list', {}],
    ],
    ...[
      ['initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'f', version: '1' } }],
      ['logging/setLevel', { level: 'info' }],
    ],
    ...uris.map((uri) => ['resources/read', { uri }]),
    ...prompts.map((name) => ['prompts/get', { name }]),
  )
  const named = fc.constantFrom(
    'tools/call',
    'tools/list',
    'resources/read',
    'prompts/get',
    'completion/complete',
    'resources/subscribe',
    'x',
    '__proto__',
    '',
  )
  const odd = fc.tuple(
    named,
    fc.oneof(
      junkValue,
      fc.record({ name: junkValue, arguments: junkValue, uri: junkValue, cursor: junkValue }, { requiredKeys: [] }),
    ),
  )
  const sent = fc.oneof(
    ...(tools.length === 0 ? [] : [{ weight: 20, arbitrary: fc.oneof(...tools.map(tool)) }]),
    { weight: 4, arbitrary: other },
    { weight: 2, arbitrary: odd },
  )
  return fc
    .tuple(
      sent,
      oddMeta,
      fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 1, max: 1000 }) }, { weight: 1, arbitrary: junkValue }),
    )
    .map(([[method, params], meta, id]) => {
      const own =
        typeof params === 'object' && params !== null && !Array.isArray(params) ? { ...params, _meta: meta } : params
      return { jsonrpc: '2.0', id, method, params: own }
    })
}

/** `{ method, path, headers, body }` to what a target offers. */
export function mcpRequest(target) {
  const one = mcpMessage(target)
  const oddly = fc.tuple(one, junkValue).map(([message, value]) => ({ ...message, jsonrpc: value }))
  const message = fc.oneof(
    { weight: 80, arbitrary: one },
    { weight: 1, arbitrary: fc.array(one, { maxLength: 3 }) },
    { weight: 1, arbitrary: oddly },
    { weight: 1, arbitrary: one.map(({ id, ...rest }) => rest) },
    { weight: 1, arbitrary: junkValue },
  )
  const era = fc.constantFrom(...Array(20).fill(revision), '2025-11-25', '2024-11-05', '1999-01-01')
  return fc
    .tuple(message, fc.nat(60), bodyOf(junkValue), era, someHeaders, strayMethod('POST'), fc.nat(30))
    .map(([sent, isText, text, version, more, method, isBare]) => {
      const name = sent?.params?.name ?? sent?.params?.uri
      const mirrored = {
        'mcp-protocol-version': version,
        'mcp-method': String(sent?.method),
        ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
      }
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(isBare === 0 ? {} : mirrored),
      }
      return {
        method,
        path: '/mcp',
        headers: { ...headers, ...more },
        body: isText === 0 ? text : (JSON.stringify(sent) ?? ''),
      }
    })
}
