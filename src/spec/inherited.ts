/** What references inherit, written out where they stand (spec §5): catalogs read names and descriptions, not `ref`. */

import { isMap, isSeq, Pair, Scalar, type YAMLMap } from 'yaml'
import { firstSentence } from '../text/sentence.ts'

/** What a referring unit can inherit from a flow. */
interface Flow {
  readonly description: string
  readonly semantics: unknown
}

/** Adds what tools and REST operations of an alpha2 tree do not say themselves: descriptions, and the hints of tools. */
export function writeInherited(root: YAMLMap) {
  const flows = new Map<string, Flow>()
  for (const aggregate of itemsAt(root, ['capability', 'aggregates'])) {
    for (const flow of itemsAt(aggregate, ['functions'])) {
      const name = `${String(aggregate.get('namespace'))}.${String(flow.get('name'))}`
      flows.set(name, { description: String(flow.get('description')), semantics: flow.get('semantics') })
    }
  }
  for (const surface of itemsAt(root, ['capability', 'exposes'])) {
    for (const tool of itemsAt(surface, ['tools'])) {
      describe(tool, flows, (text) => text)
      hint(tool, flows)
    }
    for (const resource of itemsAt(surface, ['resources'])) {
      for (const operation of itemsAt(resource, ['operations'])) describe(operation, flows, firstSentence)
    }
  }
}

function itemsAt(map: YAMLMap, path: readonly string[]): readonly YAMLMap[] {
  const list: unknown = map.getIn(path)
  return isSeq(list) ? list.items.filter((item): item is YAMLMap => isMap(item)) : []
}

/** The description stands after the name, folded when it is long. */
function describe(unit: YAMLMap, flows: ReadonlyMap<string, Flow>, shorten: (text: string) => string) {
  const flow = flows.get(String(unit.get('ref')))
  if (flow === undefined || unit.has('description')) return
  const text = new Scalar(shorten(flow.description))
  if (text.value.length > 80) text.type = Scalar.BLOCK_FOLDED
  unit.items.splice(1, 0, new Pair(new Scalar('description'), text))
  unit.flow = false
}

/** The hints that the semantics of the flow imply, where the tool does not say otherwise (spec §5). */
function hint(tool: YAMLMap, flows: ReadonlyMap<string, Flow>) {
  const semantics = flows.get(String(tool.get('ref')))?.semantics
  if (!isMap(semantics)) return
  const [safe, idempotent] = [semantics.get('safe'), semantics.get('idempotent')]
  const implied = { readOnly: safe, destructive: safe === true ? false : undefined, idempotent }
  for (const [key, value] of Object.entries(implied)) {
    if (value !== undefined && !tool.hasIn(['hints', key])) tool.setIn(['hints', key], new Scalar(value))
  }
}
