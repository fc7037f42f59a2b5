/** Capability files to hold against something: those of the upstream tutorial, and our own. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { bundledCapability } from '../../src/index.ts'
import { shared } from './shared.ts'

export interface CapabilityFile {
  readonly name: string
  readonly text: string
  readonly value: object
  /** The folder that it stands in, with what it imports. */
  readonly folder?: string
  /** Other files that are to stand beside it. */
  readonly files?: Readonly<Record<string, string>>
}

const read = new Map<string, CapabilityFile>()

/** Reads a capability file, once; nobody changes its value. */
export function capabilityFile(path: string): CapabilityFile {
  const known = read.get(path) ?? readCapability(path)
  read.set(path, known)
  return known
}

function readCapability(path: string): CapabilityFile {
  const text = readFileSync(path, 'utf8')
  return { name: path, text, value: parse(text, { merge: true }), folder: dirname(path) }
}

/** The files of a folder by their names; none where there is no folder. */
function filesOf(folder: string | undefined, names: RegExp): readonly CapabilityFile[] {
  const found = folder === undefined ? [] : readdirSync(folder).filter((name) => names.test(name))
  return found.map((name) => capabilityFile(join(folder ?? '', name)))
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The steps of the tutorial and what they import; empty where the tutorial is not there. */
export function tutorialFiles(): readonly CapabilityFile[] {
  return [...filesOf(shared('data/tutorial'), /^step-.*\.yml$/), ...filesOf(shared('data/tutorial/shared'), /consumes/)]
}

/** The bundled capability in both formats, and those of the plans and the scenarios. */
export function ownFiles(): readonly CapabilityFile[] {
  const bundled = filesOf(dirname(bundledCapability()), /^nanonets-file-management(\.ikanos)?\.ya?ml$/)
  const plans = readdirSync(here('../plans')).map((plan) => capabilityFile(here(`../plans/${plan}/capability.yaml`)))
  const scenarios = filesOf(here('../scenarios'), /\.yaml$/).map(({ name, value }): CapabilityFile => {
    const { capability, files = {} } = value as { capability: object; files?: Record<string, string> }
    return { name, text: JSON.stringify(capability), value: capability, files }
  })
  return [...bundled, ...plans, ...scenarios]
}
