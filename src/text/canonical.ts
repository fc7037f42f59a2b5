/** One text for one JSON value, whatever the order of its members. */

import { createHash, createHmac } from 'node:crypto'

/** SHA-256 of a JSON value, as base64url. Members that are undefined are as if they were not there. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('base64url')
}

/** The same with a key (HMAC), so that who knows what the value may be can't find it by trying. */
export function keyedDigestOf(key: Buffer, value: unknown): string {
  return createHmac('sha256', key).update(canonical(value)).digest('base64url')
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member) => (isObject(member) ? sorted(member) : member)) ?? 'null'
}

function sorted(value: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
