/** The lists that catalogues read, as short as they can be without saying less. */

import { firstSentence } from '../../text/sentence.ts'
import { denseYaml, yamlValue } from '../../text/yaml.ts'
import type { Edition, Published } from './publication.ts'

/** The builder of APIs.io shows no more of a file than this, in bytes. */
const shownBytes = 32 * 1024

interface Unit {
  readonly [key: string]: unknown
}

export const listedPath = ({ facts }: Edition) => `capabilities/${facts.index.slug}.yaml`

/** A capability in lists, each text said once: a flow whose tool says it whole says its first sentence. */
export function shortened(text: string, comment: string): string {
  const value = yamlValue(text) as { readonly capability: Unit }
  const { capability } = value
  const told = new Set(
    unitsIn(capability.exposes, 'tools').map(({ ref, description }) => JSON.stringify([ref, description])),
  )
  const aggregates = listOf(capability.aggregates).map((aggregate) => {
    const functions = unitsIn([aggregate], 'functions').map((flow) => {
      const tool = JSON.stringify([`${aggregate.namespace}.${flow.name}`, flow.description])
      return told.has(tool) ? { ...flow, description: firstSentence(String(flow.description)) } : flow
    })
    return { ...aggregate, functions }
  })
  const whole = 'aggregates' in capability ? { ...capability, aggregates } : capability
  return denseYaml({ ...value, capability: whole }, comment)
}

/** What to do about a capability of which a catalogue would show the beginning only; undefined for a short one. */
export function tooLong(edition: Edition, files: readonly Published[]): string | undefined {
  const path = listedPath(edition)
  const text = files.find((file) => file.path === path)?.text ?? ''
  const length = Buffer.byteLength(text)
  if (length <= shownBytes) return undefined
  const { capability } = yamlValue(text) as { readonly capability: Unit }
  const parts = ['consumes', 'aggregates', 'exposes'].flatMap((key) =>
    listOf(capability[key]).map((unit) => [`${key} ${unit.namespace ?? unit.type}`, sizeOf(unit)] as const),
  )
  const [[name, size] = ['', 0]] = parts.sort(([, a], [, b]) => b - a)
  return (
    `${path} would be ${length} bytes, and APIs.io shows ${shownBytes} of a file: shorten its descriptions ` +
    `(the most is in ${name}, ${size} bytes), publish it as two capabilities, or let it be cut with --allow-long`
  )
}

const sizeOf = (unit: Unit) => Buffer.byteLength(denseYaml(unit))
const listOf = (value: unknown): readonly Unit[] => (Array.isArray(value) ? value : [])
const unitsIn = (units: unknown, key: string) => listOf(units).flatMap((unit) => listOf(unit[key]))
