/** Bytes that are passed on as they are (spec §2.6). */

import type { UpstreamAnswer } from '../upstream.ts'

export interface Binary {
  readonly bytes: Buffer
  /** What the capability says, else the upstream, else `application/octet-stream`. */
  readonly mediaType: string
}

/** RFC 9110 §8.3.1. What is no media type would be read as anything at all. */
const mediaTypeShape = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"\\\r\n]*"))*$/

/** Absent when the upstream answered nothing. */
export function binaryOf(answer: UpstreamAnswer, mediaType: string | undefined): Binary | undefined {
  const { bytes, contentType } = answer
  if (bytes === undefined || bytes.length === 0) return undefined
  const known = [mediaType, contentType].find((type) => type !== undefined && mediaTypeShape.test(type))
  return { bytes, mediaType: known ?? 'application/octet-stream' }
}
