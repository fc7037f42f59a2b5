/**
 * How answers that are no JSON are read (spec §2.6). A library is loaded at start, and only when some operation of the
 * plan needs it: the call itself never waits for one.
 */

import { StartError } from '../../errors.ts'
import type { AnswerPlan } from '../../plan.ts'
import { decode, htmlMeta, xmlDeclaration } from './charset.ts'

/** The JSON tree of an answer's bytes. Throws any error for bytes that are not of the format. */
export type Read = (bytes: Buffer, contentType: string | undefined) => unknown

export interface Formats {
  /** The reader of a plan; it can be called once `ready` has come. */
  readonly reader: (plan: AnswerPlan) => Read
  /** Every library that was asked for is there. */
  readonly ready: () => Promise<void>
}

export function createFormats(): Formats {
  const loading: Promise<void>[] = []
  return {
    reader: (plan) => {
      let read: Read | undefined
      loading.push(
        readerOf(plan).then((loaded) => {
          read = loaded
        }),
      )
      return (bytes, contentType) => {
        if (read === undefined) throw new Error(`Unexpected: ${plan.format} is not loaded. Please report this.`)
        return read(bytes, contentType)
      }
    },
    ready: async () => {
      await Promise.all(loading)
    },
  }
}

const text =
  (read: (text: string) => unknown, own?: RegExp): Read =>
  (bytes, contentType) =>
    read(decode(bytes, contentType, own))

async function readerOf(plan: AnswerPlan): Promise<Read> {
  switch (plan.format) {
    case 'xml':
      return text((await import('./xml.ts')).readXml, xmlDeclaration)
    case 'yaml':
      return text((await import('./yaml.ts')).readYaml)
    case 'csv':
      return text((await import('./delimited.ts')).delimitedReader(','))
    case 'tsv':
      return text((await import('./delimited.ts')).delimitedReader('\t'))
    case 'psv':
      return text((await import('./delimited.ts')).delimitedReader('|'))
    case 'html':
      return text((await import('./html.ts')).htmlReader(plan.schema), htmlMeta)
    case 'markdown':
      return text((await import('./markdown.ts')).markdownReader(plan.schema))
    case 'avro':
      return (await import('./avro.ts')).avroReader(plan.schema ?? '')
    case 'protobuf':
      return (await import('./protobuf.ts')).protobufReader(plan.schema ?? '')
    case 'text':
      return text((plain) => plain)
    case 'binary':
      // Nothing maps bytes, so this is read only where they are shown in JSON.
      return (bytes) => bytes.toString('base64')
    default:
      return plan.format satisfies never
  }
}

/** What is wrong with the schema of a plan, in words; undefined when answers can be read by it. */
export async function schemaFault(plan: AnswerPlan): Promise<string | undefined> {
  try {
    await readerOf(plan)
    return undefined
  } catch (error) {
    if (error instanceof StartError) return error.message
    throw error
  }
}

/** What a request says it accepts, by format. */
export const accepted: Readonly<Record<AnswerPlan['format'], string>> = {
  xml: 'application/xml, text/xml',
  yaml: 'application/yaml, text/yaml',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  psv: 'text/plain',
  html: 'text/html',
  markdown: 'text/markdown, text/plain',
  avro: 'application/avro, application/octet-stream',
  protobuf: 'application/protobuf, application/x-protobuf, application/octet-stream',
  binary: '*/*',
  text: 'text/plain, text/*;q=0.9, */*;q=0.1',
}
