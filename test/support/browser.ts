/** A real browser, where this machine has one. */

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

/** Path of Chromium, or undefined. */
export const browserPath = findBrowser()

function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

/** Starts it; a container has no rights for its own sandbox. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** A page that is looked at, and what went wrong or left it meanwhile. */
export interface Look {
  readonly page: Page
  /** What the console was told, errors that nobody caught, and requests to other origins. */
  readonly faults: readonly string[]
}

/** The window of a browser that tests look into one after the other: another one costs as much as the test. */
const windows = new WeakMap<Browser, Promise<Page>>()

function shared(browser: Browser): Promise<Page> {
  const page = windows.get(browser) ?? browser.newContext(calm).then((context) => context.newPage())
  windows.set(browser, page)
  onTestFinished(async () => void (await page).removeAllListeners())
  return page
}

async function own(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ ...calm, ...options })
  onTestFinished(() => context.close())
  return context.newPage()
}

const calm = { reducedMotion: 'reduce' } as const

/** Opens an address; in a window of its own, which the end of the test closes, where there are options. */
export async function look(browser: Browser, url: string, options?: BrowserContextOptions): Promise<Look> {
  const page = await (options === undefined ? shared(browser) : own(browser, options))
  const faults: string[] = []
  // What stood there before may still say something.
  let begun = false
  const note = (fault: string) => void (begun && faults.push(fault))
  page.on('console', (message) => note(`console: ${message.text()}`))
  page.on('pageerror', (error) => note(`error: ${error.message}`))
  page.on('request', (request) => {
    begun ||= request.isNavigationRequest()
    const to = new URL(request.url())
    if (to.protocol !== 'data:' && to.origin !== new URL(url).origin) note(`request: ${request.url()}`)
  })
  await page.goto(url)
  return { page, faults }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

/** What axe finds serious or critical, each with the first element it is found at. */
export async function barriers(page: Page, within = 'html'): Promise<readonly string[]> {
  await page.evaluate(axe)
  const { violations } = (await page.evaluate(`axe.run('${within}')`)) as AxeResult
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}
