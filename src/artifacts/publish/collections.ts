/** The REST surface as collections of requests. */

import { openCollection, postmanCollection } from '../collection.ts'
import { declaration, jsonFile, provenanceOf } from './frame.ts'
import type { Edition, Members, Published } from './publication.ts'

/** `collections/<slug>.postman_collection.json` and `.opencollection.json`. */
export function collectionFiles(edition: Edition): readonly Published[] {
  const { plan, rest, facts, urls } = edition
  if (rest === undefined) return []
  const examples = Object.fromEntries(
    Object.entries(facts.examples ?? {}).map(([name, { input }]): [string, Members] => [name, input]),
  )
  const options = { url: urls.rest, examples }
  const stem = `collections/${facts.index.slug}`
  const postman = postmanCollection(plan, rest, options)
  const info = postman.info as Members
  const description = `${info.description} ${declaration(edition)}`
  return [
    jsonFile(
      `${stem}.postman_collection.json`,
      { ...postman, info: { ...info, description } },
      {
        type: 'PostmanCollection',
        of: 'common',
        name: 'Requests for Postman',
      },
    ),
    jsonFile(
      `${stem}.opencollection.json`,
      { ...openCollection(plan, rest, options), extensions: { provenance: provenanceOf(edition) } },
      {
        type: 'x-open-collection',
        of: 'common',
        name: 'Requests as an OpenCollection',
      },
    ),
  ]
}
