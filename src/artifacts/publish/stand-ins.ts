/** What a publisher still has to give: addresses that stand in for those that nobody named, and what is better known. */

import type { Edition, StandIn } from './publication.ts'

/** Whether an address is nobody's (RFC 2606), also the other way round, as the MCP Registry has names. */
export function isStandIn(address: string): boolean {
  return /(^|[/@.])example\.(com|net|org)\b|\.(example|invalid)(?![\w.-])|^(com|net|org)\.example\b/.test(address)
}

/** In the order in which they are told. */
export function standInsOf({ facts, texts, urls, now, program }: Omit<Edition, 'standIns'>): readonly StandIn[] {
  const { publisher, mcp, upstream } = facts
  const { url, email, securityExpires = now } = publisher
  const page = [url, urls.folder].find(isStandIn)
  const registryName = (program.bundles && mcp?.registryName) || ''
  const known: readonly (StandIn & { readonly when: boolean })[] = [
    { needed: true, when: page !== undefined, says: `${page} is nobody's: ${or('--base-url <url>', 'publisher.url')}` },
    {
      needed: true,
      when: isStandIn(email),
      says: `${email} is nobody's: ${or('--contact <email>', 'publisher.email')}`,
    },
    {
      needed: true,
      when: isStandIn(registryName),
      says: `${registryName} is nobody's: ${or('--registry-name <name>', 'mcp.registryName')}; the mcpName of the npm package has to be the same`,
    },
    {
      needed: true,
      when: securityExpires < now,
      says: 'security.txt has expired: look through it, and give another publisher.securityExpires in the publication file',
    },
    {
      needed: false,
      when: publisher.repository === undefined,
      says: `no repository is named: ${or('--repository <url>', 'publisher.repository')}`,
    },
    {
      needed: false,
      when: upstream?.openapi !== undefined && texts.upstream === undefined,
      says: 'the description of the called API is only referred to: give --openapi <file>',
    },
    {
      needed: false,
      when: [urls.rest, urls.mcp].some((one) => new URL(one).hostname === '127.0.0.1'),
      says: 'the surfaces are where whoever runs them is: give --served-at <url> once others can reach them',
    },
  ]
  return known.flatMap(({ when, ...one }) => (when ? [one] : []))
}

const or = (option: string, key: string) => `give ${option}, or ${key} in the publication file`
