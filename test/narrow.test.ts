/** What is left out by `--read-only` and `--tools` is nowhere: not listed, not called, not described, not after a reload. */

import { readFile, writeFile } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { Client } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { load, openStdio, type Plan, type ServeOptions, toolNames } from '../src/index.ts'
import { narrowed } from '../src/narrow.ts'
import { serveCapability, writeCapability } from './support/serve.ts'
import { lines } from './support/surfaces.ts'
import { startUpstream } from './support/upstream.ts'
import { orderApi } from './surfaces/cases.ts'
import { exchange, signal } from './surfaces/exchange.ts'
import { classic, initialize, messageIn, modern, post, toolCall } from './surfaces/mcp-messages.ts'

const flow = (call: string, semantics: object) => ({
  description: `Does ${call}.`,
  semantics,
  inputParameters: { id: { type: 'string', description: 'Which.' } },
  call: `api.${call}`,
})
const derived = (sourceNamespace: string, action: string) => ({
  description: 'Uses it.',
  from: { sourceNamespace, action },
})

/** Orders that are read, found by POST, cancelled and forwarded, on every kind of surface. */
const orders = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Orders', description: 'Orders.', version: '1.0.0' },
  capability: {
    consumes: orderApi({ read: 'GET', find: 'POST', cancel: 'DELETE' }),
    aggregates: [
      {
        display: 'Orders',
        namespace: 'orders',
        flows: {
          read: flow('read', { safe: true }),
          find: flow('find', { safe: true }),
          cancel: flow('cancel', { safe: false }),
          touch: flow('find', { safe: false }),
        },
      },
    ],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 0,
        resources: {
          order: {
            path: '/orders/{{id}}',
            operations: {
              read: { method: 'GET', ref: 'orders.read' },
              find: { method: 'POST', ref: 'orders.find' },
              cancel: { method: 'DELETE', ref: 'orders.cancel' },
            },
          },
          raw: {
            path: '/raw/{{path}}',
            forward: { targetNamespace: 'api', trustedHeaders: ['X-HTTP-Method-Override', 'X-Team'] },
          },
        },
      },
      {
        type: 'mcp',
        namespace: 'mcp',
        port: 0,
        tools: {
          read: { ref: 'orders.read' },
          find: { ref: 'orders.find' },
          cancel: { ref: 'orders.cancel' },
        },
      },
      {
        type: 'skill',
        namespace: 'skill',
        port: 0,
        skills: {
          desk: {
            description: 'Looks after orders. Use when somebody asks.',
            location: 'file:///./desk',
            tools: {
              read: derived('mcp', 'read'),
              cancel: derived('mcp', 'cancel'),
              route: derived('rest', 'find'),
              undo: derived('rest', 'cancel'),
              manners: { description: 'How to speak.', instruction: 'manners.md' },
            },
          },
        },
      },
      { type: 'control', port: 0, management: { reload: true, info: true } },
    ],
  },
}

const files = {
  'desk/SKILL.md': '---\nname: desk\ndescription: Looks after orders. Use when somebody asks.\n---\n',
  'desk/manners.md': 'Kindly.\n',
}

async function served(options: ServeOptions = {}, capability: object = orders) {
  const answers = ['GET', 'POST', 'DELETE'].map((method) => ({
    request: { method, path: '/orders/1' },
    response: { json: { method } },
  }))
  const upstream = await startUpstream(answers)
  const { url, running, file } = await serveCapability(capability, {
    ...options,
    upstreams: { api: upstream.url },
    files,
  })
  const text = await readFile(file, 'utf8')
  const change = (to: (exposes: Exposed) => void) => {
    const root = JSON.parse(text)
    to(root.capability.exposes)
    return writeFile(file, JSON.stringify(root))
  }
  return { url, running, upstream, change }
}

// biome-ignore lint/suspicious/noExplicitAny: a document that is changed where it stands
type Exposed = any

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)
const read = { readOnly: true }

/** Names of the tools in both eras; a 2025 client that listens says when it is told of others. */
async function listed(url: string) {
  const { tools } = (await post(url, modern('tools/list'))).json.result
  const opened = await post(url, initialize())
  const session = { id: String(opened.headers['mcp-session-id']), revision: '2025-11-25' }
  const ask = async (method: string, params: object = {}) =>
    messageIn(await post(url, classic({ id: 1, method, params }, session)))
  return { modern: names(tools), classic: names((await ask('tools/list')).result.tools), ask }
}

describe('a capability that is served read-only', () => {
  it('lists the tools that read in both eras, and refuses the others as unknown', async () => {
    const { url, upstream } = await served(read)
    const { modern, classic, ask } = await listed(url('mcp'))
    expect([modern, classic]).toEqual([
      ['read', 'find'],
      ['read', 'find'],
    ])
    const refused = [
      (await post(url('mcp'), toolCall('cancel', { id: '1' }))).json,
      await ask('tools/call', { name: 'cancel', arguments: { id: '1' } }),
    ]
    for (const { error } of refused) expect(error).toMatchObject({ code: -32602, message: 'Unknown tool: cancel' })
    expect(upstream.requests).toEqual([])
    const found = await post(url('mcp'), toolCall('find', { id: '1' }))
    expect(found.json.result.content[0].text).toBe('{"method":"POST"}')
  })

  it('has the routes that read, and neither describes nor shows the others', async () => {
    const { url, upstream } = await served(read)
    const send = (method: string) => exchange(url('rest'), '/orders/1', { method })
    expect((await send('GET')).json).toEqual({ method: 'GET' })
    expect((await send('POST')).json).toEqual({ method: 'POST' })
    const refused = await send('DELETE')
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, POST, HEAD, OPTIONS'])
    const { paths } = (await exchange(url('rest'), '/openapi.json')).json
    expect(Object.keys(paths['/orders/{id}'])).toEqual(['get', 'post'])
    expect(Object.keys(paths['/raw/{path}'])).toEqual(['get'])
    const page = await exchange(url('rest'), '/')
    expect(page.text).toContain('orders.find')
    expect(page.text).not.toContain('cancel')
    expect(upstream.requests.map(({ method }) => method)).toEqual(['GET', 'POST'])
  })

  it('forwards nothing but GET and HEAD, and no header that names another method', async () => {
    const { url, upstream } = await served(read)
    const headers = { 'x-http-method-override': 'DELETE', 'x-team': 'a' }
    expect((await exchange(url('rest'), '/raw/orders/1', { headers })).json).toEqual({ method: 'GET' })
    const passed = upstream.requests[0]?.headers
    expect([passed?.['x-team'], passed?.['x-http-method-override']]).toEqual(['a', undefined])
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const refused = await exchange(url('rest'), '/raw/orders/1', { method })
      expect([refused.status, refused.headers.allow], method).toEqual([405, 'GET, HEAD, OPTIONS'])
    }
    expect((await exchange(url('rest'), '/raw/orders/1', { method: 'OPTIONS' })).status).toBe(204)
    expect(upstream.requests).toHaveLength(1)
  })

  it('leaves out of skills what they derive from something that is not there, and tells /config what is', async () => {
    const { url } = await served(read)
    const { tools } = (await exchange(url('skill'), '/skills/desk')).json
    expect(names(tools)).toEqual(['read', 'route', 'manners'])
    const { operations, exposes } = (await exchange(url('control'), '/config')).json
    expect(names(operations)).toEqual(['orders.read', 'orders.find'])
    expect(exposes).toMatchObject([{ routes: 2 }, { tools: 2 }, { skills: ['desk'] }, { type: 'control' }])
  })

  it('stays so when its file changes', async () => {
    const { url, running, change } = await served(read)
    await change(([, mcp]) => {
      mcp.tools.touch = { ref: 'orders.touch' }
      mcp.tools.look = { ref: 'orders.read' }
    })
    expect(await running.reload()).toEqual([])
    expect((await listed(url('mcp'))).classic).toEqual(['read', 'find', 'look'])
    expect((await exchange(url('rest'), '/orders/1', { method: 'DELETE' })).status).toBe(405)
  })

  it('says of a surface that nothing is left of it, and serves it', async () => {
    const { capability, ...rest } = orders
    const exposes = [{ type: 'mcp', namespace: 'mcp', port: 0, tools: { cancel: { ref: 'orders.cancel' } } }]
    const { url, running } = await served(read, { ...rest, capability: { ...capability, exposes } })
    expect(running.notices).toEqual(['"mcp" has no tool, resource or prompt to offer'])
    expect((await listed(url('mcp'))).classic).toEqual([])
  })
})

describe('a capability of which some tools are served', () => {
  it('offers these over MCP, all its routes over REST, and to skills what is left', async () => {
    const { url, upstream } = await served({ tools: ['cancel'] })
    const { modern, classic } = await listed(url('mcp'))
    expect([modern, classic]).toEqual([['cancel'], ['cancel']])
    const refused = await post(url('mcp'), toolCall('read', { id: '1' }))
    expect(refused.json.error).toMatchObject({ code: -32602 })
    expect((await exchange(url('rest'), '/orders/1')).status).toBe(200)
    expect(names((await exchange(url('skill'), '/skills/desk')).json.tools)).toEqual([
      'cancel',
      'route',
      'undo',
      'manners',
    ])
    expect(upstream.requests).toHaveLength(1)
  })

  it('is not served without one of them, at the start or later', async () => {
    await expect(served({ tools: ['raed'] })).rejects.toThrow('there is no tool "raed"; did you mean "read"?')
    const { url, running, change } = await served({ tools: ['read'] })
    await change(([, mcp, skill]) => {
      mcp.tools = { reads: mcp.tools.read }
      skill.skills = {}
    })
    await expect(running.reload()).rejects.toThrow('there is no tool "read"; did you mean "reads"?')
    expect((await listed(url('mcp'))).classic).toEqual(['read'])
  })

  it('offers no more over stdio, and tells the client of what its file gains that it may have', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const file = await writeCapability(orders, { files })
    const streams = { input, output } as unknown as Parameters<typeof openStdio>[2]
    const running = await openStdio(file, { environment: {}, readOnly: true }, streams)
    const told = signal()
    const listChanged = { tools: { onChanged: told.give, debounceMs: 0 } }
    const client = new Client({ name: 'test', version: '1.0.0' }, { listChanged })
    await client.connect(lines(output, input))
    onTestFinished(async () => {
      await client.close()
      await running.ended
    })
    const tools = async () => names((await client.listTools()).tools)
    expect(await tools()).toEqual(['read', 'find'])
    const more = '"tools": { "look": { "ref": "orders.read" }, "touch": { "ref": "orders.touch" }, "read": {'
    await writeFile(file, (await readFile(file, 'utf8')).replace(/"tools": \{\s*"read": \{/, more))
    expect(await running.reload()).toEqual([])
    await told.given
    expect(await tools()).toEqual(['look', 'read', 'find'])
    await expect(client.callTool({ name: 'cancel', arguments: { id: '1' } })).rejects.toThrow('Unknown tool: cancel')
  })
})

describe('a plan', () => {
  const planned = async (capability: object = orders): Promise<Plan> =>
    (await load(await writeCapability(capability, { files }))).plan

  it('is itself where nothing narrows it', async () => {
    const plan = await planned()
    expect(narrowed(plan, {})).toBe(plan)
    expect(narrowed(plan, { readOnly: false })).toBe(plan)
  })

  it('takes a tool at its word that says it writes', async () => {
    const { capability, ...rest } = orders
    const tools = { peek: { ref: 'orders.read', hints: { readOnly: false } }, read: { ref: 'orders.read' } }
    const exposes = [{ type: 'mcp', namespace: 'mcp', port: 0, tools }]
    const plan = await planned({ ...rest, capability: { ...capability, exposes } })
    expect(toolNames(narrowed(plan, read))).toEqual(['read'])
  })

  it('keeps files and what is read as resources, and what is shown before something is lost', async () => {
    const plan = await planned()
    const [, find, cancel] = plan.operations
    if (find === undefined || cancel === undefined) throw new Error('the orders have three flows')
    const described = { title: '', description: '' }
    const dynamic = { ...described, type: 'dynamic', uri: 'orders://1', parts: ['orders://1'] } as const
    const surfaces = plan.surfaces.flatMap((surface) => {
      if (surface.type !== 'mcp') return []
      const resources = [
        { ...described, type: 'static', name: 'files', uri: 'orders://files', location: 'file:///./desk' },
        { ...dynamic, name: 'found', operation: find },
        { ...dynamic, name: 'cancelled', operation: cancel },
      ] as const
      return [{ ...surface, resources }]
    })
    const [reading] = narrowed({ ...plan, surfaces }, { readOnly: true, tools: ['read'] }).surfaces
    expect(reading?.type === 'mcp' && names(reading.resources)).toEqual(['files', 'found'])
    const onlyTools = plan.surfaces.filter(({ type }) => type === 'mcp')
    const losing = narrowed({ ...plan, surfaces: onlyTools }, { tools: ['cancel'] })
    expect(cancel.confirmation?.shows?.flow).toBe('orders.read')
    expect(names(losing.operations)).toEqual(['orders.read', 'orders.cancel'])
  })
})
