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

/** Opens an address in a window of its own, which the end of the test closes. */
export async function look(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Look> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => faults.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('request', (request) => {
    const to = new URL(request.url())
    if (to.protocol !== 'data:' && to.origin !== new URL(url).origin) faults.push(`request: ${request.url()}`)
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
