/** What is asked: the bundled capability over a sandbox that fails, and those of plan tests over an upstream that repeats all. */

import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const canary = 'canary+zq9w/9c=b2'

/** Every form that the secret may have, and parts that are the same in several. */
export const forms = [
  ...['zq9w', encodeURIComponent(canary), Buffer.from(canary).toString('base64url')],
  ...[0, 1, 2].map((n) => {
    const text = Buffer.from(`${'x'.repeat(n)}${canary}`).toString('base64')
    return text.slice(4, -4)
  }),
]

const whole = [
  canary,
  encodeURIComponent(canary),
  Buffer.from(canary).toString('base64'),
  Buffer.from(canary).toString('base64url'),
]

const faults =
  '3% 429, 3% 500, 3% 503, 3% reset, 3% reset-body, 3% empty, 3% html, 3% truncated, 3% content-type, 10% echo'
const without = ['callers', 'mock']

/**
 * Serves all of it in this process with the functions of the program. Answers `targets` (`{ type, url, routes,
 * tools, … }`, one a surface), `told()` = all that was logged or kept on the disk so far, and `close()`.
 */
export async function serveAll({ load, serve, sandbox, createLog, bundledCapability }) {
  const state = await mkdtemp(join(tmpdir(), 'fuzz-'))
  const lines = []
  const log = createLog({ level: 'trace', output: (line) => lines.push(line) })
  const upstream = await repeating()
  const all = []
  const stand = await sandbox({ faults: `${faults}, seed=1` })
  const open = async (file, address, examples = {}) => {
    const value = parse(readFileSync(file, 'utf8'), { merge: true })
    const options = {
      log,
      environment: environmentOf(value),
      drainMs: 100,
      allowUnsupported: true,
      stateDirectory: state,
    }
    const { plan } = await load(file, options)
    const listening = plan.surfaces.filter(({ transport }) => transport !== 'stdio')
    const ports = Object.fromEntries(listening.map(({ namespace }) => [namespace, 0]))
    const upstreams = upstreamsOf(value, address)
    const running = await serve(file, { ...options, ports, upstreams, allowUnconfirmed: true })
    all.push({ running, examples })
  }
  await open(bundledCapability(), stand.url, stand.examples)
  for (const file of plans()) await open(file, upstream.url).catch(() => {})
  return {
    targets: all.flatMap((one) => one.running.surfaces.map((served) => targetOf(one, served))),
    logged: () => lines.splice(0).join(''),
    kept: () => keptIn(state),
    close: async () => {
      await Promise.all(all.map(({ running }) => running.close()))
      await Promise.all([upstream.close(), stand.close()])
      await rm(state, { recursive: true, force: true })
    },
  }
}

function plans() {
  const folder = fileURLToPath(new URL('../test/plans', import.meta.url))
  return readdirSync(folder)
    .filter((name) => !without.includes(name))
    .map((name) => join(folder, name, 'capability.yaml'))
}

const environmentOf = ({ binds = [], capability }) =>
  Object.fromEntries(
    [...binds, ...(capability?.binds ?? [])].flatMap(({ keys = {} }) =>
      Object.values(keys).map((name) => [name, canary]),
    ),
  )

const upstreamsOf = ({ capability: { consumes = [] } }, url) =>
  Object.fromEntries(consumes.map(({ namespace }) => [namespace, url]))

async function keptIn(directory) {
  const names = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = names.filter((one) => one.isFile() && one.name.endsWith('.jsonl'))
  return (
    await Promise.all(files.map(({ parentPath, path, name }) => readFile(join(parentPath ?? path, name), 'utf8')))
  ).join('')
}

/** Answers every request with what it was sent, in the forms that services have. */
async function repeating() {
  let turn = 0
  const server = createServer((req, res) => {
    // What is asked for as bytes is passed on as it comes and not searched, as SECURITY.md says.
    const sent = req.headers.accept === '*/*' ? '' : [req.url, ...Object.values(req.headers)].join(' ')
    // What it was told, as other programs would write it; never a part of it, which nobody can know again.
    const said = forms.some((form) => sent.includes(form)) ? [sent, ...whole].join(' ') : sent
    const body = JSON.stringify({ id: said, message: said, items: [{ [said]: said }], nested: { error: said } })
    turn = (turn + 1) % 20
    req.resume()
    if (turn === 0) return req.socket.destroy()
    res.writeHead([200, 200, 200, 404, 500, 503, 204, 302][turn % 8], {
      'content-type': turn === 7 ? 'text/html' : 'application/json',
      ...(turn % 8 === 7 ? { location: `http://127.0.0.1/${encodeURIComponent(said)}` } : {}),
    })
    res.end(turn === 9 ? body.slice(0, 90) : body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

function targetOf({ examples }, { plan, url }) {
  const { type, routes = [], tools = [], resources = [], prompts = [] } = plan
  return {
    type,
    url,
    examples,
    routes: routes.map(({ method, path, parameters, operation }) => ({
      method,
      path,
      parameters,
      schema: operation?.input?.schema ?? {},
    })),
    tools: [...tools].map(({ name, operation }) => ({ name, schema: operation?.input?.schema ?? {} })),
    uris: [...resources].map(({ uri }) => String(uri)),
    prompts: [...prompts].map(({ name }) => name),
  }
}
