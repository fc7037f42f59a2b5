import { Refusal } from './refusal.ts'

/** One request to the service, taken apart. */
export interface Call {
  readonly model_id: string
  /** The file or page id in the path, empty where the path has none. */
  readonly id: string
  /** The raw query, without `?`. */
  readonly query: string
  /** The JSON body; undefined where the operation takes none. */
  readonly body: unknown
}

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A refusal of the request itself. */
export function badRequest(message: string): Refusal {
  // assumption: bad-input-is-400
  return new Refusal(400, 'Invalid request', message)
}

/** The body of a call, which must be an object. */
export function objectBody(call: Call): JsonObject {
  if (!isObject(call.body)) throw badRequest('The body must be a JSON object')
  return call.body
}

/** A member that must be a text that is not empty. */
export function textOfMember(body: JsonObject, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw badRequest(`${name} must be a text`)
  return value
}

/** A member that must be a whole number. */
export function wholeNumber(body: JsonObject, name: string): number {
  const value = body[name]
  if (typeof value !== 'number' || !Number.isInteger(value)) throw badRequest(`${name} must be a whole number`)
  return value
}

/** `file_ids`: one id or more. */
export function fileIds(body: JsonObject): readonly string[] {
  const ids = body.file_ids
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string')) {
    throw badRequest('file_ids must be a list of request_file_id values')
  }
  return [...new Set<string>(ids)]
}
