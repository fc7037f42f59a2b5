/** The page over the wire: where it is, who may see it, and what a browser is told to do with it. */

import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { announce } from '../../src/cli/announce.ts'
import type { ServeOptions } from '../../src/index.ts'
import { serveCapability } from '../support/serve.ts'
import { capabilityOf, environment, serveFlagship, thingRoutes, thingTools } from './cases.ts'
import { exchange } from './exchange.ts'

const html = 'text/html; charset=utf-8'
const control = { type: 'control', address: '127.0.0.1', port: 9092 }

/** Serves these surfaces, and asks the REST one. */
async function served(exposes: readonly object[], options: ServeOptions = {}) {
  const { url, running } = await serveCapability(capabilityOf(exposes), { environment, ...options })
  return { running, ask: exchange.bind(undefined, url('rest')), url }
}

/** A REST surface with one more route that answers by itself. */
function withRoute(path: string): object {
  const own = { type: 'string', value: 'theirs' }
  const operations = { own: { method: 'GET', outputParameters: [own] } }
  return thingRoutes({ resources: { own: { path, operations } } })
}

describe('The page', () => {
  it.each(['/', '/docs', '/?a=b'])('is at %s', async (target) => {
    const { ask } = await served([thingRoutes()])
    const { status, headers, text } = await ask(target)
    expect([status, headers['content-type']]).toEqual([200, html])
    expect(text).toContain('<h1>Things</h1>')
  })

  it('answers HEAD without a body, and no other method', async () => {
    const { ask } = await served([thingRoutes()])
    const head = await ask('/', { method: 'HEAD' })
    expect([head.status, head.headers['content-type'], head.bytes.length]).toEqual([200, html, 0])
    const post = await ask('/', { method: 'POST', body: {} })
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD'])
  })

  it.each([
    ['/', '/docs'],
    ['/docs', '/'],
  ])('leaves %s to a route of the capability, and is told to be at %s', async (owned, left) => {
    const { ask, running, url } = await served([withRoute(owned)])
    expect((await ask(owned)).headers['content-type']).toMatch(/^application\/json/)
    expect((await ask(left)).headers['content-type']).toBe(html)
    expect(announce(running)).toContain(`page: ${url('rest')}${left}, description`)
  })

  it('is nowhere where routes own all of its addresses, and is not told', async () => {
    const operations = { own: { method: 'GET', outputParameters: [{ type: 'string', value: 'theirs' }] } }
    const more = { method: 'GET', inputParameters: { any: { in: 'path', type: 'string' } } }
    const resources = {
      root: { path: '/', operations },
      any: {
        path: '/{{any}}',
        operations: { any: { ...more, outputParameters: [{ type: 'string', value: '{{any}}' }] } },
      },
    }
    const { ask, running } = await served([thingRoutes({ resources })])
    for (const target of ['/', '/docs'])
      expect((await ask(target)).headers['content-type']).toMatch(/^application\/json/)
    expect(announce(running)).not.toContain('page:')
  })

  it('runs nothing but its own script and style, reaches nothing but its server, and is shown by no other page', async () => {
    const { ask } = await served([thingRoutes()])
    const { headers, text } = await ask('/')
    const hashOf = (tag: string) => {
      const inside = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(text)?.[1] ?? ''
      return `'sha256-${createHash('sha256').update(inside).digest('base64')}'`
    }
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hashOf('style')}`,
      `script-src ${hashOf('script')}`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    expect(text.match(/<(script|style|link)\b/g)).toEqual(['<link', '<style', '<script'])
    expect(text).not.toMatch(/\b(src|href)="(?!#|\/openapi|data:)/)
  })

  it('is not sent again to a browser that has it as it is', async () => {
    const { ask } = await served([thingRoutes()])
    const { headers } = await ask('/')
    expect(headers['cache-control']).toBe('private, no-cache')
    const again = await ask('/', { headers: { 'if-none-match': String(headers.etag) } })
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', headers.etag])
    expect(again.headers['x-request-id']).toMatch(/./)
    expect((await ask('/', { headers: { 'if-none-match': '"another"' } })).status).toBe(200)
  })

  it('stands behind the authentication of its surface, and tells no credential', async () => {
    const authentication = { type: 'apikey', key: 'key', value: '{{INBOUND_SECRET}}', placement: 'query' }
    const { ask } = await served([thingRoutes({ authentication })])
    expect((await ask('/')).status).toBe(401)
    const { status, text } = await ask(`/?key=${environment.INBOUND_SECRET}`)
    expect(status).toBe(200)
    expect(text).toContain('data-key="key"')
    expect(text).not.toContain(environment.INBOUND_SECRET)
  })

  it('is for pages of its own origin only, whose calls are let through', async () => {
    const { ask, url } = await served([withRoute('/own')])
    expect((await ask('/own', { headers: { origin: url('rest') } })).status).toBe(200)
    for (const target of ['/', '/own'])
      expect((await ask(target, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
  })

  it('says that answers are real, and whose they are, unless the sandbox gives them', async () => {
    const live = await served([thingRoutes()])
    expect((await live.ask('/')).text).toContain('<p class="banner live"><b>LIVE</b> <span>calls http://127.0.0.1:9<')
    const { url } = await serveFlagship()
    const { text } = await exchange(url('rest'), '/')
    expect(text).toContain('<p class="banner sandbox"><b>Sandbox</b>')
    expect(text).not.toMatch(/LIVE<|class="from live"/)
  })

  it('is made anew when the capability is', async () => {
    const { ask, running } = await served([thingRoutes()])
    const before = await ask('/')
    const text = JSON.stringify(capabilityOf([thingRoutes()])).replaceAll('Things', 'Thongs')
    await writeFile(running.capability.file, text)
    expect((await running.reload()).filter(({ severity }) => severity === 'error')).toEqual([])
    const after = await ask('/', { headers: { 'if-none-match': String(before.headers.etag) } })
    expect(after.text).toContain('<h1>Thongs</h1>')
  })

  it('names where every surface really listens', async () => {
    const { ask, url } = await served([thingRoutes(), thingTools(), control])
    const { text } = await ask('/')
    expect(text).toContain(`<code>${url('mcp')}/mcp</code>`)
    expect(text).toContain(`curl '${url('rest')}/things/{id}'`)
  })
})

describe('The last calls', () => {
  it('are told with what they were made of, and are none before the first', async () => {
    const { ask } = await served([withRoute('/own'), control])
    expect((await ask('/')).text).toContain('No call has been made yet.')
    await ask('/own')
    const { text } = await ask('/')
    expect(text).toMatch(/<code>GET \/own<\/code> <span class="mark good">ok</)
    expect(text).toContain('<code>rest.request</code>')
  })

  it.each([
    ['nobody keeps them', {}, undefined],
    ['the control surface asks for a credential', {}, { ...control, authentication: { type: 'bearer', token: 'x' } }],
    ['the control surface is for this machine and the page is not', { address: '0.0.0.0' }, control],
  ])('are not shown where %s', async (_, rest, other) => {
    const { ask } = await served([thingRoutes(rest), ...(other === undefined ? [] : [other])])
    expect((await ask('/')).text).not.toContain('id="traces"')
  })

  it('are shown to those whom the control surface would tell them too', async () => {
    const authentication = { type: 'bearer', token: '{{INBOUND_SECRET}}' }
    const { ask } = await served([thingRoutes({ authentication }), { ...control, authentication }])
    const headers = { authorization: `Bearer ${environment.INBOUND_SECRET}` }
    expect((await ask('/', { headers })).text).toContain('id="traces"')
  })
})
