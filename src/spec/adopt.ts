/** An imported entry made to mean in its new file what it meant in its own: other namespaces, another folder. */

import { relative, resolve } from 'node:path'
import { rebased } from '../text/file-uri.ts'
import type { Raw, Section } from './import-entries.ts'
import { namesSchemaFile } from './output-schemas.ts'

/** How the file that an entry is imported from relates to the one that imports it. */
export interface Adoption {
  /** Folder of the file that holds the entry. */
  readonly from: string
  /** Folder of the file that imports it. */
  readonly to: string
  /** What the importing file calls the namespace that the entry's own file calls `namespace`. */
  readonly renamed: (section: Section, namespace: string) => string
}

/** Values of these keys are data: nothing in them refers to anything but templates. */
const opaque = new Set(['with', 'body', 'const', 'value', 'metadata', 'keys', 'data'])

/** Keys whose value is prose, in which braces mean nothing. */
const prose = new Set(['description', 'display', 'label', 'title', 'instruction', 'content'])

/** The entry with its references and relative `file:` URIs rewritten. */
export function adopted(entry: Raw, adoption: Adoption): Raw {
  const visit = (node: unknown, key: string, inData: boolean): unknown => {
    if (typeof node === 'string') return inData ? template(node, adoption) : text(node, key, adoption)
    if (Array.isArray(node)) return node.map((item) => visit(item, key, inData))
    if (typeof node !== 'object' || node === null) return node
    const inner = Object.entries(node).map(([k, v]) => [k, visit(v, k, inData || opaque.has(k))] as const)
    return Object.fromEntries(inner.map(([k, v]) => [k, k === 'outputSchema' ? schemaFile(v, node, adoption) : v]))
  }
  return visit(entry, '', false) as Raw
}

/** A schema file stands beside the file that names it. */
function schemaFile(value: unknown, operation: object, { from, to }: Adoption): unknown {
  const format = 'outputRawFormat' in operation ? operation.outputRawFormat : undefined
  return typeof value === 'string' && namesSchemaFile(format) ? relative(to, resolve(from, value)) : value
}

function text(value: string, key: string, adoption: Adoption): string {
  switch (key) {
    case 'call':
      return qualified(value, 'consumes', adoption)
    case 'ref':
      return qualified(value, 'aggregates', adoption)
    case 'sourceNamespace':
      return adoption.renamed('exposes', value)
    case 'location':
    case 'defaultLocation':
      return rebased(value, adoption.from, adoption.to)
    default:
      return prose.has(key) ? value : template(value, adoption)
  }
}

function qualified(reference: string, section: Section, { renamed }: Adoption): string {
  const dot = reference.indexOf('.')
  return dot < 0 ? reference : renamed(section, reference.slice(0, dot)) + reference.slice(dot)
}

/** `{{ns.KEY}}`, where `ns` are binds of the entry's own file. */
function template(value: string, { renamed }: Adoption): string {
  return value.replace(
    /(\{\{\s*)([A-Za-z0-9-]+)(?=\.[A-Za-z_]\w*\s*\}\})/g,
    (_, open: string, namespace: string) => open + renamed('binds', namespace),
  )
}
