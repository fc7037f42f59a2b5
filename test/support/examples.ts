/** An upstream that answers with the examples of an OpenAPI description, as a mock server of its publisher would. */

import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { parse } from 'yaml'

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>
}

interface Content {
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

export interface ExampleUpstream {
  readonly url: string
  /** Every request: method and target, and its headers. */
  readonly requests: readonly { readonly target: string; readonly headers: IncomingMessage['headers'] }[]
}

/** Serves the examples of a description on a free port until the test ends. */
export async function startExamples(file: string): Promise<ExampleUpstream> {
  const description = parse(readFileSync(file, 'utf8')) as Description
  const requests: { target: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((req, res) => {
    requests.push({ target: `${req.method} ${req.url}`, headers: req.headers })
    req.resume()
    const { status, type, body } = answerOf(
      description,
      req.method ?? 'GET',
      new URL(req.url ?? '/', 'http://localhost'),
    )
    res.writeHead(status, { 'content-type': type })
    res.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body?: unknown
}

/** The example whose name says the parameter (`?status=active`, `/imo_number=…`), else the first; 404 for another path value. */
function answerOf(description: Description, method: string, url: URL): Answer {
  for (const [template, item] of Object.entries(description.paths)) {
    const values = match(template, url.pathname)
    const operation = item[method.toLowerCase()]
    if (values === undefined || operation === undefined) continue
    const [status, response] = Object.entries(operation.responses).find(([code]) => code.startsWith('2')) ?? []
    const [type, { examples }] = Object.entries(response?.content ?? {})[0] ?? [json, {}]
    if (examples === undefined) return { status: Number(status), type }
    const named = examples[values === '' ? url.search : values]
    if (named === undefined && values !== '' && method === 'GET') return notFound
    return { status: Number(status), type, body: (named ?? Object.values(examples)[0])?.value }
  }
  return notFound
}

const json = 'application/json'
const notFound: Answer = { status: 404, type: json, body: { message: 'not found' } }

/** `/name=value` for a template with a variable, '' for one without, undefined when the path is another. */
function match(template: string, path: string): string | undefined {
  const names = [...template.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
  const found = new RegExp(`${template.replace(/\{[^}]+\}/g, '([^/]+)')}$`).exec(path)
  if (found === null) return undefined
  return names.length === 0 ? '' : `/${names[0]}=${decodeURIComponent(found[1] ?? '')}`
}
