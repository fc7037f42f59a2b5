/** The page in a real browser: the built program serves it, a person reads it and calls from it. */

import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Running } from '../src/index.ts'
import { barriers, browserPath, look, startBrowser } from './support/browser.ts'
import { built } from './support/cli.ts'
import { sampled } from './support/sampled.ts'
import { writeCapability } from './support/serve.ts'

if (browserPath === undefined) console.log('skipped: there is no chromium on this machine to show the page')

const phone = { viewport: { width: 360, height: 740 } }
const modes = [
  ['light', 'rgb(250, 249, 247)'],
  ['dark', 'rgb(19, 20, 23)'],
] as const

let browser: Browser
beforeAll(async () => {
  if (browserPath !== undefined) browser = await startBrowser()
})
afterAll(() => browser?.close())

describe.skipIf(browserPath === undefined)('The page of the flagship', () => {
  let running: Running
  let url: string

  beforeEach(async () => {
    const { serve, bundledCapability } = await built()
    const ports = { 'files-rest': 0, 'files-mcp': 0, 'files-skill': 0, control: 0 }
    running = await serve(bundledCapability(), { sandbox: true, environment: {}, drainMs: 1000, ports })
    url = running.surfaces.find(({ plan }) => plan.type === 'rest')?.url ?? ''
  })
  afterEach(() => running?.close())

  const card = (page: Page, name: string) => page.locator('.card', { has: page.locator(`.name:text-is("${name}")`) })

  /** Opens a card and answers it. */
  async function opened(page: Page, name: string) {
    const found = card(page, name)
    await found.locator('summary').first().click()
    return found
  }

  it('has an inbox where a person approves what waits, which then runs once', async () => {
    const { sandbox, inbox = '' } = running
    const { model_id, request_file_id } = sandbox?.examples ?? {}
    const remove = () => fetch(`${url}/v1/models/${model_id}/files/${request_file_id}`, { method: 'DELETE' })
    expect((await remove()).status).toBe(202)
    const { page, faults } = await look(browser, inbox)
    await page.locator('#pending .approval').waitFor()
    expect(page.url()).not.toContain('token')
    expect(await page.locator('#pending pre').textContent()).toContain(`- request_file_id: ${request_file_id}`)
    expect(await barriers(page)).toEqual([])
    await page.getByLabel('Reason for').fill('<b>fine</b>')
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.locator('#decided .approval').waitFor()
    expect(await page.locator('#decided .approval').textContent()).toContain('<b>fine</b>')
    expect((await remove()).status).toBe(200)
    expect((await remove()).status).toBe(404)
    expect(faults).toEqual([])
  })

  it('weighs less than 60 KB', async () => {
    const answer = await fetch(url)
    expect((await answer.arrayBuffer()).byteLength).toBeLessThan(60 * 1024)
  })

  it('calls a safe operation from its form, shows the answer and the trace of it, and says nothing to the console', async () => {
    const { page, faults } = await look(browser, url)
    expect(await page.locator('.banner').textContent()).toContain('Sandbox')
    const list = await opened(page, 'list-files')
    await list.getByRole('button', { name: 'Call list-files' }).click()
    await list.locator('.answer pre').waitFor()
    expect(await list.locator('.outcome').textContent()).toMatch(/^200 OK in \d+ ms .*Sandbox/)
    expect(JSON.parse((await list.locator('.answer pre').textContent()) ?? '').files.length).toBeGreaterThan(0)
    await page.locator('.trace').first().waitFor()
    expect(await page.locator('.trace code').first().textContent()).toBe('GET /v1/models/{model_id}/files')
    expect(faults).toEqual([])
  })

  it('asks before it calls what deletes, and calls nothing when the answer is no', async () => {
    const { page, faults } = await look(browser, url)
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.method()))
    const remove = await opened(page, 'delete-file')
    const button = remove.getByRole('button', { name: 'Call delete-file' })
    await button.click()
    expect(await page.getByRole('dialog').textContent()).toMatch(/DELETE \/v1\/models\/[\w-]+\/files\/[\w-]+/)
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Cancel')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(sent).toEqual([])
    await button.click()
    await page.getByRole('dialog').getByRole('button', { name: 'Call delete-file' }).click()
    await remove.locator('.answer .mark').waitFor()
    expect(sent[0]).toBe('DELETE')
    expect(await remove.locator('.outcome').textContent()).toMatch(/^20\d/)
    expect(faults).toEqual([])
  })

  it('tells what a write would send, and asks nothing for that since nothing is sent', async () => {
    const { page } = await look(browser, url)
    const remove = await opened(page, 'delete-file')
    await remove.getByRole('button', { name: 'Dry run' }).click()
    await remove.locator('.answer pre').waitFor()
    expect(JSON.parse((await remove.locator('.answer pre').textContent()) ?? '')).toMatchObject({
      dry_run: true,
      requests: [{ method: 'DELETE' }],
    })
  })

  it('tells a fault where it stands: in the page for JSON that is none, from the answer for the rest', async () => {
    const { page } = await look(browser, `${url}/#files.update-fields`)
    const update = card(page, 'update-fields')
    await update.locator('textarea').fill('[{]')
    await update.getByRole('button', { name: 'Call update-fields' }).click()
    expect(await update.locator('.fault').textContent()).toMatch(/^is not JSON/)
    expect(await update.locator('textarea').getAttribute('aria-invalid')).toBe('true')
    await update.locator('textarea').fill('[{"label":1}]')
    await update.getByRole('button', { name: 'Call update-fields' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Call update-fields' }).click()
    await update.locator('.answer pre').waitFor()
    expect(await update.locator('.outcome').textContent()).toMatch(/^400/)
    expect(await update.locator('.fault').textContent()).toBe('0 label must be a string')
  })

  it('has commands that follow what is filled in, for the shell and for MCP', async () => {
    const { page } = await look(browser, url)
    const list = await opened(page, 'list-files')
    await list.getByLabel('model_id').fill("it's")
    await list.getByLabel('days').fill('3')
    expect(await list.locator('[data-curl]').textContent()).toBe(`curl '${url}/v1/models/it'\\''s/files?days=3'`)
    expect(JSON.parse((await list.locator('[data-arguments]').textContent()) ?? '')).toEqual({
      model_id: "it's",
      days: 3,
    })
  })

  it('is used with the keyboard alone', async () => {
    const { page } = await look(browser, url)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the operations')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.type('approve-file')
    expect(await page.locator('.card:visible').count()).toBe(2)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const approve = card(page, 'approve-file')
    await approve.locator('.body').waitFor()
    await approve.getByLabel('request_file_id').focus()
    await page.keyboard.press('Enter')
    await approve.locator('.answer .mark').waitFor()
    expect(await approve.locator('.outcome').textContent()).toMatch(/^200/)
  })

  it('tells everything without JavaScript, and offers nothing that would not work', async () => {
    const { page } = await look(browser, url, { javaScriptEnabled: false })
    const get = await opened(page, 'get-file')
    for (const text of [
      'GET /v1/models',
      "curl 'http://127.0.0.1",
      '"request_file_id"',
      'nanonets-correct-and-approve',
    ])
      expect(await get.locator('.body').innerText()).toContain(text)
    expect(await get.getByLabel('request_file_id').isVisible()).toBe(true)
    expect(await page.getByRole('button').count()).toBe(0)
    expect(await page.locator('#main').innerText()).toContain('needs JavaScript')
  })

  it.each(sampled(modes, 2))('bars nobody in %s mode, and has its colours', async (colorScheme, background) => {
    const { page, faults } = await look(browser, url, { colorScheme })
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(background)
    const approve = await opened(page, 'approve-file')
    await approve.getByRole('button', { name: 'Call approve-file' }).click()
    await approve.locator('.answer pre').waitFor()
    await opened(page, 'update-fields')
    expect(await barriers(page)).toEqual([])
    await card(page, 'delete-file').locator('summary').first().click()
    await card(page, 'delete-file').getByRole('button', { name: 'Call delete-file' }).click()
    expect(await barriers(page, '#ask')).toEqual([])
    expect(faults).toEqual([])
  })

  it('fits a window of 360 pixels, also with a card open and an answer in it', async () => {
    const { page } = await look(browser, url, phone)
    const get = await opened(page, 'get-page')
    await get.getByRole('button', { name: 'Call get-page' }).click()
    await get.locator('.answer pre').waitFor()
    await opened(page, 'update-fields')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  })
})

describe.skipIf(browserPath === undefined)('The page of any capability', () => {
  /** Serves one REST surface that answers by itself, by the built program; answers its address. */
  async function serving(resources: object, more: object = {}, info: object = {}): Promise<string> {
    const file = await writeCapability({
      ikanos: '1.0.0-beta5',
      info: { display: 'Case', description: 'A case.', version: '1.0.0', ...info },
      binds: [{ namespace: 'env', keys: { SECRET: 'SECRET' } }],
      capability: {
        exposes: [{ type: 'rest', namespace: 'rest', address: '127.0.0.1', port: 8080, resources, ...more }],
      },
    })
    const { serve } = await built()
    const running = await serve(file, { environment: { SECRET: 's3cret' }, ports: { rest: 0 }, drainMs: 1000 })
    onTestFinished(() => running.close())
    return running.surfaces[0]?.url ?? ''
  }

  const operation = (method: string, more: object = {}) => ({
    method,
    outputParameters: [{ type: 'string', value: 'done' }],
    ...more,
  })

  it.each([
    ['what the browser asked for', { type: 'basic', username: 'agnes', password: '{{SECRET}}' }, ''],
    ['the key it came with', { type: 'apikey', key: 'key', value: '{{SECRET}}', placement: 'query' }, '/?key=s3cret'],
  ])('calls with %s', async (_, authentication, path) => {
    const url = await serving({ own: { path: '/own', operations: { own: operation('POST') } } }, { authentication })
    const httpCredentials = { username: 'agnes', password: 's3cret' }
    const { page, faults } = await look(browser, `${url}${path}`, { httpCredentials })
    await page.getByRole('button', { name: 'Call own' }).click()
    await page.locator('.answer pre').waitFor()
    expect(await page.locator('.outcome').textContent()).toMatch(/^200 OK .*Own answer/)
    expect(faults).toEqual([])
  })

  it('runs nothing that a capability says, and fits its longest names into 360 pixels', async () => {
    const hostile = `<img src=x onerror=alert(1)></script><script>alert(2)</script>"'${'x'.repeat(200)}`
    const name = (i: number) => `${'a-very-long-name-'.repeat(6)}${i}`
    const resources = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [
        name(i),
        { path: `/${name(i)}`, operations: { [name(i)]: operation('GET', { description: hostile }) } },
      ]),
    )
    const url = await serving(resources, {}, { display: hostile, description: hostile, tags: [hostile] })
    const { page, faults } = await look(browser, url, phone)
    await page.locator('.card summary').first().click()
    expect(await page.locator('h1').textContent()).toBe(hostile)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(faults).toEqual([])
  })
})
