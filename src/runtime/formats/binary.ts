/** Bytes that are passed on as they are (spec §2.6). */

import type { UpstreamAnswer } from '../message.ts'

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
  return { bytes, mediaType: mediaTypeOf(mediaType, contentType) }
}

/** The first of these that is a media type. */
export function mediaTypeOf(...types: readonly (string | undefined)[]): string {
  return types.find((type) => type !== undefined && mediaTypeShape.test(type)) ?? 'application/octet-stream'
}
