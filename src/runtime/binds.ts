/** Declared variables get their values at start, before any port opens (spec §1.5). */

import { UnboundError } from '../errors.ts'
import type { BindPlan } from '../plan.ts'
import type { BindFile } from './bind-file.ts'
import { Secret } from './secret.ts'

/** By variable, and by `namespace.VARIABLE` for one that several binds declare. */
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
  const files: Files = new Map()
  for (const bind of binds) {
    const value = await bindValue(bind, files, options)
    const given = value ?? (bind.brought === true ? undefined : options.placeholder)
    if (given === undefined) {
      if (bind.optional !== true && bind.brought !== true) missing.push(bind)
      continue
    }
    const secret = new Secret(given)
    values.set(bind.variable, secret)
    values.set(`${bind.namespace}.${bind.variable}`, secret)
  }
  if (missing.length > 0) {
    const message = `no value for ${missing.map(describe).join(', and none for ')}`
    throw new UnboundError(
      message,
      missing.map(({ namespace, variable }) => `${namespace}.${variable}`),
    )
  }
  return values
}

function describe({ key, location, variable }: BindPlan): string {
  const use = key === variable ? '' : ` (bound as ${variable})`
  return location === undefined ? `the environment variable ${key}${use}` : `the key "${key}" of ${location}${use}`
}

type Files = Map<string, Promise<BindFile>>

async function bindValue(bind: BindPlan, files: Files, options: BindOptions): Promise<string | undefined> {
  const { key, location } = bind
  if (location === undefined) return options.environment[key] || undefined
  const { readBindFile } = await import('./bind-file.ts')
  const reading = files.get(location) ?? readBindFile(location, options.directory)
  files.set(location, reading)
  return (await reading).get(key)
}
