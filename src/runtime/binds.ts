/** Declared variables get their values at start, before any port opens (spec §1.5). */

import { readFile } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError, UnboundError } from '../errors.ts'
import type { BindPlan } from '../plan.ts'
import { Secret } from './secret.ts'

export type BindValues = ReadonlyMap<string, Secret>

export interface BindOptions {
  /** Folder of the capability file: what relative `file:` URIs are relative to. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Value for every variable that has none, for a sandbox that accepts any credential. Default: refuse to start. */
  readonly placeholder?: string
}

/** Resolves every bind, or throws one UnboundError that names each variable without a value. */
export async function resolveBinds(binds: readonly BindPlan[], options: BindOptions): Promise<BindValues> {
  const values = new Map<string, Secret>()
  const missing: BindPlan[] = []
  const files = new Map<string, Promise<Readonly<Record<string, unknown>>>>()
  for (const bind of binds) {
    const value = await bindValue(bind, files, options)
    const given = value ?? options.placeholder
    if (given === undefined && bind.optional === true) continue
    if (given === undefined) missing.push(bind)
    else values.set(bind.variable, new Secret(given))
  }
  if (missing.length > 0) {
    const message = `no value for ${missing.map(describe).join(', and none for ')}`
    throw new UnboundError(
      message,
      missing.map((bind) => bind.variable),
    )
  }
  return values
}

function describe({ key, location, variable }: BindPlan): string {
  const use = key === variable ? '' : ` (bound as ${variable})`
  return location === undefined ? `the environment variable ${key}${use}` : `the key "${key}" of ${location}${use}`
}

type Files = Map<string, Promise<Readonly<Record<string, unknown>>>>

async function bindValue(bind: BindPlan, files: Files, options: BindOptions): Promise<string | undefined> {
  const { key, location } = bind
  if (location === undefined) return options.environment[key] || undefined
  const reading = files.get(location) ?? readBindFile(location, options.directory)
  files.set(location, reading)
  const value = (await reading)[key]
  return value === undefined || value === null
    ? undefined
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)
}

/** Reads a file of keys. `file:///./x` and `file://./x` mean a file beside the capability; YAML and JSON are read. */
async function readBindFile(location: string, directory: string): Promise<Readonly<Record<string, unknown>>> {
  const path = fileOf(location, directory)
  if (path === undefined) throw new StartError(`binds can be read from file: URIs only, not from ${location}`)
  const text = await readFile(path, 'utf8').catch(() => {
    throw new StartError(`the bind file ${location} can't be read`)
  })
  const { parse } = await import('yaml')
  try {
    const value: unknown = parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>
  } catch {
    // The parser's message may quote the file, which holds secrets.
  }
  throw new StartError(`the bind file ${location} holds no map of keys`)
}

/** The path a `file:` URI of a capability means, or undefined when it is another kind of URI. */
export function fileOf(location: string, directory: string): string | undefined {
  const relativePart = /^file:(?:\/\/\/?)?(\.{1,2}(?:\/.*)?)$/.exec(location)?.[1]
  if (relativePart !== undefined) return resolve(directory, relativePart)
  if (!location.startsWith('file:///')) return undefined
  const path = fileURLToPath(location)
  return isAbsolute(path) ? path : undefined
}
