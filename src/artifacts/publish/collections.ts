/** The REST surface as collections of requests. */

import { openCollection, postmanCollection } from '../collection.ts'
import { jsonFile } from './frame.ts'
import type { Edition, Members, Published } from './publication.ts'

/** `collections/<slug>.postman_collection.json` and `.opencollection.json`. */
export function collectionFiles({ plan, rest, facts, urls }: Edition): readonly Published[] {
  if (rest === undefined) return []
  const examples = Object.fromEntries(
    Object.entries(facts.examples ?? {}).map(([name, { input }]): [string, Members] => [name, input]),
  )
  const options = { url: urls.rest, examples }
  const stem = `collections/${facts.index.slug}`
  return [
    jsonFile(`${stem}.postman_collection.json`, postmanCollection(plan, rest, options), {
      type: 'PostmanCollection',
      of: 'common',
      name: 'Requests for Postman',
    }),
    jsonFile(`${stem}.opencollection.json`, openCollection(plan, rest, options), {
      type: 'x-open-collection',
      of: 'common',
      name: 'Requests as an OpenCollection',
    }),
  ]
}
