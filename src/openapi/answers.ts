/** What an operation answers: how it is read, and what the route over it says of it. */

import type { Raw } from '../spec/raw.ts'
import type { Operation } from './description.ts'
import { isJson, isStream, isText } from './media-types.ts'
import { prose } from './names.ts'
import { noNotes } from './notes.ts'
import { type SchemaOptions, schemaOf } from './schemas.ts'

export interface AnswerOptions extends SchemaOptions {
  /** Longest schema of an answer that is kept, in characters; absent = nothing is said of answers. */
  readonly answers?: number
}

/** How an answer that is no JSON is read. */
export function readOf({ answers, place }: Operation, { notes }: SchemaOptions): Raw {
  const types = answers.filter(({ status }) => status.startsWith('2')).flatMap(({ content }) => [...content.keys()])
  const [first] = types
  if (first !== undefined && types.every(isStream)) notes.add('answers that are streams, read to their end', place)
  if (first === undefined || types.some((type) => isJson(type) || type.includes('*/*'))) return {}
  if (/[/+]xml\b/i.test(first)) return { outputRawFormat: 'xml' }
  if (/^text\/csv/i.test(first)) return { outputRawFormat: 'csv' }
  if (isText(first)) return { outputRawFormat: 'text' }
  return { outputRawFormat: 'binary', outputMediaType: first.split(';')[0]?.trim() }
}

/** What a route says of its answers, by status. */
export function responsesOf({ answers, place }: Operation, options: AnswerOptions): Raw {
  const told = answers.filter(({ status }) => /^[1-5](\d\d|XX)$/i.test(status) && !/^3/.test(status))
  const { answers: longest } = options
  if (longest === undefined) return {}
  return Object.fromEntries(
    told.map(({ status, description, content }) => {
      const located = content.get('application/json')
      const silent = { ...options, place, notes: noNotes }
      const schema = located === undefined || !status.startsWith('2') ? undefined : schemaOf(located, silent)
      const isShort = schema !== undefined && JSON.stringify(schema).length <= longest
      if (schema !== undefined && !isShort) options.notes.add('schemas of answers that are too long to be kept', place)
      return [
        status.toUpperCase(),
        {
          description: prose(description, 200) || 'What is answered.',
          ...(isShort && Object.keys(schema).length > 0 ? { content: { 'application/json': { schema } } } : {}),
        },
      ]
    }),
  )
}
