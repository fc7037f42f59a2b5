/** The capability itself: in lists where catalogues look for it, in maps beside, with what refines both. */

import type { Edition, Published } from './publication.ts'

/** The builder of APIs.io shows no more of a file than this, in bytes. */
export const shownBytes = 32 * 1024

/**
 * Only the older form stands in `capabilities/`: the builder of APIs.io iterates every file there as lists, and one with maps
 * makes it leave out the whole provider.
 */
export function capabilityFiles({ plan, facts, texts, scripts, apisIo }: Edition): readonly Published[] {
  const { title, name } = plan.capability
  const type = apisIo ? 'NaftikoCapability' : 'x-naftiko-capability'
  const of = ['upstream', 'rest', 'mcp'] as const
  const older = of.map((subject) => ({ type, of: subject, name: title, mediaType: 'application/yaml' }))
  const beside = (path: string, text: string, says: string): Published => ({
    path,
    text,
    listed: [{ type: 'x-ikanos-capability', of: 'common', name: says, mediaType: 'application/yaml' }],
  })
  return [
    { path: `capabilities/${facts.index.slug}.yaml`, text: texts.alpha2, listed: older },
    ...['capabilities', 'ikanos'].flatMap((folder) =>
      scripts.map(({ path, text }) => ({ path: `${folder}/${path}`, text })),
    ),
    beside(`ikanos/${name}.ikanos.yml`, texts.beta5, `${title} in the newer form`),
    ...(texts.companion === undefined
      ? []
      : [beside(`ikanos/${name}.runtime.yml`, texts.companion, `${title}: what the format can not say`)]),
  ]
}
