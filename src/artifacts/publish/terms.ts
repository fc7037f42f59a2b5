/** Limits, plans, standards and changes, as the facts have them, each with its source. */

import type { Json } from '../../plan.ts'
import { frame, present, yamlFile } from './frame.ts'
import type { Edition, Listing, Members, Published } from './publication.ts'

/** `rate-limits/<slug>-rate-limits.yml` (API Commons Rate Limits 0.1): those of the API, then those of the surfaces. */
export function rateLimitFiles(edition: Edition): readonly Published[] {
  const { facts, plan } = edition
  const own = plan.surfaces.flatMap((surface): readonly Members[] => {
    const limit = 'rateLimit' in surface ? surface.rateLimit : undefined
    if (limit === undefined) return []
    return [
      {
        name: surface.namespace,
        limit: limit.requests,
        timeFrame: `${limit.window} seconds`,
        metric: `requests by ${limit.by}`,
      },
    ]
  })
  const limits = [...(facts.rateLimits ?? []), ...own]
  if (limits.length === 0) return []
  const value = {
    ...frame(edition, facts.rateLimitsNote ?? 'How often one may ask.', facts.rateLimitsSource),
    specification: 'API Commons Rate Limits',
    specificationVersion: '0.1',
    limits,
    surfaces: own.length > 0 ? 'as above' : 'none set; the companion file of the capability takes them',
  }
  return [
    yamlFile(`rate-limits/${facts.index.slug}-rate-limits.yml`, value, {
      type: 'RateLimits',
      of: 'common',
      name: 'Limits',
    }),
  ]
}

/** `plans/<slug>-plans.yml` (API Commons Plans 0.1). */
export function planFiles(edition: Edition): readonly Published[] {
  const { plans, plansNote, provider, index } = edition.facts
  if (plans === undefined) return []
  const value = {
    ...frame(edition, plansNote ?? 'Plans of the provider.', plans[0]?.source),
    ...present({ provider: provider?.name, providerId: provider?.slug }),
    specification: 'API Commons Plans',
    specificationVersion: '0.1',
    plans,
  }
  return [
    yamlFile(`plans/${index.slug}-plans.yml`, value, { type: 'Plans', of: 'common', name: 'Plans of the provider' }),
  ]
}

/** `claims/<slug>-claims.yml`: what is said of the API that is called, in this folder and by the skills. */
export function claimFiles(edition: Edition): readonly Published[] {
  const claims = edition.facts.claims?.map((claim) => present({ ...claim }))
  const name = 'What is said of the API, and what it rests on'
  return listFile(edition, 'claims', 'claims', claims, { type: 'x-claims', of: 'upstream', name })
}

/** `conformance/<slug>-conformance.yml`. */
export function conformanceFiles(edition: Edition): readonly Published[] {
  return listFile(edition, 'conformance', 'standards', edition.facts.conformance, {
    type: 'Conformance',
    of: 'common',
    name: 'Standards, and what shows that they are kept',
  })
}

/** `changelog/<slug>-changelog.yml`. */
export function changelogFiles(edition: Edition): readonly Published[] {
  return listFile(edition, 'changelog', 'entries', edition.facts.changelog, {
    type: 'ChangeLog',
    of: 'common',
    name: 'What changed',
  })
}

function listFile(
  edition: Edition,
  folder: string,
  key: string,
  list: readonly Json[] | undefined,
  listing: Listing,
): readonly Published[] {
  if (list === undefined) return []
  const value = { ...frame(edition, `${listing.name}.`), [key]: list }
  return [yamlFile(`${folder}/${edition.facts.index.slug}-${folder}.yml`, value, listing)]
}
