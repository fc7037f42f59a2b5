/** YAML -> JSON tree (spec §2.6): the first document, merge keys resolved, aliases bounded. */

import { parseAllDocuments } from 'yaml'

const maxAliases = 100

/** Throws for text that is no YAML and for more aliases than an answer needs. */
export function readYaml(text: string): unknown {
  const documents = parseAllDocuments(text, { merge: true, logLevel: 'error' })
  const [first] = [...documents]
  if (first === undefined) throw new Error('it holds no document')
  const [fault] = first.errors
  if (fault !== undefined) throw fault
  // A round trip leaves what JSON can hold: no NaN, no object twice in memory.
  return JSON.parse(JSON.stringify(first.toJS({ maxAliasCount: maxAliases })) ?? 'null')
}
