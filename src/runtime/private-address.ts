/**
 * Addresses that are nobody's on the internet: this machine, its network, what a cloud tells its machines. An upstream is
 * there only when somebody meant it: its author, who wrote the address into the file (`isWritten`), or its operator. A
 * name that leads there, or an address that a variable brought, is refused.
 */

import { lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { Value } from '../plan.ts'

/** The code of the fault of a name that leads to a private address. */
export const privateAddressCode = 'EPRIVATE'

const blocked = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  // Shared by customers of a provider (RFC 6598); some clouds answer their metadata there.
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  blocked.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  // Unspecified, loopback, and IPv4 written as ::a.b.c.d, which nobody uses any more.
  ['::', 96],
  ['64:ff9b:1::', 48],
  // Teredo: the address inside is not plain.
  ['2001::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  blocked.addSubnet(network, prefix, 'ipv6')

/** Whether an IP address (RFC 6890) is private, loopback, link-local, shared, multicast or unspecified, in any notation. */
export function isPrivateAddress(address: string): boolean {
  const [plain = ''] = address.split('%')
  if (isIP(plain) === 4) return blocked.check(plain, 'ipv4')
  if (isIP(plain) !== 6) return false
  const inside = embedded(plain)
  return inside === undefined ? blocked.check(plain, 'ipv6') : blocked.check(inside, 'ipv4')
}

/** The IPv4 address in one of IPv6: mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96), 6to4 (2002::/16). */
function embedded(address: string): string | undefined {
  const groups = groupsOf(address)
  const head = groups.slice(0, 6).join(':')
  if (head === '0:0:0:0:0:65535' || head === '100:65435:0:0:0:0') return dotted(groups.slice(6))
  return groups[0] === 0x2002 ? dotted(groups.slice(1, 3)) : undefined
}

/** The eight numbers of an IPv6 address; a URL writes it without the dots of IPv4. */
function groupsOf(address: string): readonly number[] {
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const numbers = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const [head, tail] = [numbers(before), numbers(after ?? '')]
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

function dotted(groups: readonly number[]): string {
  return groups.flatMap((group) => [group >> 8, group & 255]).join('.')
}

/** Whether the host of a URL is private as it stands there: an IP address, or a name that is always this machine. */
export function isPrivateHost({ hostname }: URL): boolean {
  return /(^|\.)localhost\.?$/.test(hostname) || isPrivateAddress(hostname.replace(/^\[|\]$/g, ''))
}

/** How an address may be reached. */
export interface Reach {
  /** Connect to private addresses that neither the file nor the operator names. Default false. */
  readonly allowPrivate?: boolean
  /** Looks names up. Default: as the system does. */
  readonly lookup?: LookupFunction
}

/** The same for an authorization server. */
export interface ServerReach extends Reach {
  /** Longest time for one answer, in milliseconds. */
  readonly timeoutMs: number
}

/**
 * Whether an address is private as it stands and nobody meant it: a variable brought it, and the operator does not allow
 * such addresses. What a name leads to is looked at when it is connected to.
 */
export function isStray(url: URL, from: Value, { allowPrivate }: Reach): boolean {
  return allowPrivate !== true && isPrivateHost(url) && !isWritten(from)
}

/** Whether the file itself says the whole host of an address, so that no variable can change it. */
export function isWritten(value: Value): boolean {
  const text = value.type === 'text' ? value.parts[0] : value.type === 'literal' ? `${value.value}/` : undefined
  return typeof text === 'string' && /^https?:\/\/[^/?#]+[/?#]/i.test(text)
}

/**
 * Looks a name up and fails with the code `EPRIVATE` when one of its addresses is private. A connection is made to what
 * it answers, so that a name can't lead elsewhere between the check and the connection. Default: as the system does.
 */
export function publicLookup(resolve: LookupFunction = systemLookup as LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    resolve(hostname, options, (error, address, family) => {
      const found = typeof address === 'string' ? [address] : (address ?? []).map((one) => one.address)
      if (error !== null || !found.some(isPrivateAddress)) return callback(error, address, family)
      callback(Object.assign(new Error('the name leads to a private address'), { code: privateAddressCode }), '')
    })
}

/** Rejects when the name of an address can't be looked up or leads to a private address; one that is written as such may. */
export async function checkName(url: URL, { allowPrivate, lookup }: Reach): Promise<void> {
  if (allowPrivate === true || isPrivateHost(url)) return
  await new Promise<void>((resolve, reject) => {
    publicLookup(lookup)(url.hostname.replace(/^\[|\]$/g, ''), { all: true }, (error) =>
      error === null ? resolve() : reject(error),
    )
  })
}
