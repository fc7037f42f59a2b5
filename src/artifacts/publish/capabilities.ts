/** The capability itself: in lists where catalogues look for it, in maps beside, with what refines both. */

import { declaration } from './frame.ts'
import { listedPath, shortened } from './listed-form.ts'
import { oneLine } from './prose.ts'
import type { Edition, Listing, Published } from './publication.ts'

/**
 * Only lists stand in `capabilities/*.yaml`: the builder of APIs.io iterates every file there as lists, and one with maps makes
 * it leave out the whole provider. What refines a capability stands beside each form: without it less is asked of people.
 */
export function capabilityFiles(edition: Edition): readonly Published[] {
  const { plan, facts, texts } = edition
  const { title, name } = plan.capability
  const { mapped, companion } = texts
  return [
    { path: listedPath(edition), text: listedText(edition), listed: listingsOf(edition) },
    ...(companion === undefined ? [] : [{ path: `capabilities/${facts.index.slug}.runtime.yml`, text: companion }]),
    ...beside('capabilities', edition),
    ...(mapped === undefined
      ? []
      : [
          newer(`ikanos/${name}.ikanos.yml`, mapped, `${title} in the newer form`),
          ...(companion === undefined
            ? []
            : [newer(`ikanos/${name}.runtime.yml`, companion, `${title}: what the format can not say`)]),
          ...beside('ikanos', edition),
        ]),
  ]
}

/** Each of the APIs is one of the capability. */
function listingsOf({ plan, apisIo }: Edition): readonly Listing[] {
  const type = apisIo ? 'NaftikoCapability' : 'x-naftiko-capability'
  const of = ['upstream', 'rest', 'mcp'] as const
  return of.map((subject) => ({ type, of: subject, name: plan.capability.title, mediaType: 'application/yaml' }))
}

const newer = (path: string, text: string, name: string): Published => ({
  path,
  text,
  listed: [{ type: 'x-ikanos-capability', of: 'common', name, mediaType: 'application/yaml' }],
})

const beside = (folder: string, edition: Edition): readonly Published[] =>
  edition.beside.map((file) => ({ ...file, path: `${folder}/${file.path}` }))

/** One that its author wrote in lists is published as it is. */
function listedText(edition: Edition): string {
  const { texts, plan } = edition
  if (texts.mapped === undefined) return texts.listed
  const { leftOut = [] } = texts
  const more = leftOut.length === 0 ? '' : `, which has what lists can't say: ${leftOut.map(oneLine).join(', ')}`
  const newerForm = `../ikanos/${plan.capability.name}.ikanos.yml${more}`
  return shortened(texts.listed, `${declaration(edition)} For people: ${newerForm}`)
}
