/** Writes a capability into a folder of its own and serves it on free ports. What a test opens, its end closes. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { load, type Running, type ServeOptions, serve } from '../../src/index.ts'
import type { Ending } from './upstream.ts'

/** YAML text, or the value it would hold. */
export type Yaml = string | object

export interface Beside extends Ending {
  /** The companion file `case.runtime.yml`. */
  readonly companion?: Yaml | undefined
  /** Other files by path relative to the capability's folder. */
  readonly files?: Readonly<Record<string, string>> | undefined
}

/** Writes `case.ikanos.yml` with what stands beside it and answers its path. The folder goes when the test ends. */
export async function writeCapability(
  capability: Yaml,
  { companion, files = {}, atEnd = onTestFinished }: Beside = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capability-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'case.ikanos.yml')
  await writeFile(file, asText(capability))
  if (companion !== undefined) await writeFile(join(folder, 'case.runtime.yml'), asText(companion))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return file
}

/** JSON is YAML. */
function asText(yaml: Yaml): string {
  return typeof yaml === 'string' ? yaml : JSON.stringify(yaml, null, 2)
}

export interface ServedCase {
  readonly file: string
  readonly running: Running
  /** Address of a surface by its namespace, or of the first one of a type. */
  readonly url: (surface: string) => string
}

/** Serves a capability file until the test ends, every surface on a free port unless `ports` says otherwise. */
export async function serveFile(file: string, options: ServeOptions & Ending = {}): Promise<ServedCase> {
  const { atEnd = onTestFinished, ports = await freePorts(file, options), ...rest } = options
  const running = await serve(file, { environment: {}, drainMs: 1000, ...rest, ports })
  atEnd(() => running.close())
  const url = (surface: string) => {
    const found =
      running.surfaces.find((s) => s.plan.namespace === surface) ??
      running.surfaces.find((s) => s.plan.type === surface)
    if (found === undefined) throw new Error(`nothing listens as "${surface}"`)
    return found.url
  }
  return { file, running, url }
}

async function freePorts(file: string, options: ServeOptions): Promise<Readonly<Record<string, number>>> {
  const { plan } = await load(file, options)
  const listening = plan.surfaces.filter((s) => !(s.type === 'mcp' && s.transport === 'stdio'))
  return Object.fromEntries(listening.map(({ namespace }) => [namespace, 0]))
}

/** Writes a capability and serves it. The environment is empty unless given. */
export async function serveCapability(capability: Yaml, options: ServeOptions & Beside = {}): Promise<ServedCase> {
  const { companion, files, ...rest } = options
  const ending = rest.atEnd === undefined ? {} : { atEnd: rest.atEnd }
  return serveFile(await writeCapability(capability, { companion, files, ...ending }), rest)
}
