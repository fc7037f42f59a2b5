/** YAML that people read: no anchors, small collections on one line, long texts folded, quoted so that YAML 1.1 agrees. */

import { Document, isPair, isScalar, parse, Scalar, visit } from 'yaml'

/** The longest map or list that is written on one line. */
const lineLength = 100

/** The text of a value, with a comment above it. What is undefined is left out; the same value gives the same text. */
export function yamlText(value: unknown, comment?: string): string {
  return written(value, lineLength, comment)
}

/** The same with every collection on lines of its own: readers of front matter take no other (StrictYAML). */
export function blockYaml(value: unknown, comment?: string): string {
  return written(value, 0, comment)
}

/** The shortest that people can still read: whatever fits on a line is on one, and no text is folded. */
export function denseYaml(value: unknown, comment?: string): string {
  const document = documentOf(value, comment)
  visit(document, {
    Collection(_, node) {
      node.flow = JSON.stringify(node).length <= denseLength
    },
  })
  return document.toString({ lineWidth: 0, indentSeq: false })
}

/** As JSON, which has more quotes. */
const denseLength = 130

function documentOf(value: unknown, comment: string | undefined): Document {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' })
  if (comment !== undefined) document.commentBefore = comment.replaceAll(/^/gm, ' ')
  return document
}

function written(value: unknown, longest: number, comment: string | undefined): string {
  const document = documentOf(value, comment)
  visit(document, {
    Collection(_, node) {
      const isPlain = node.items.every((item) => isScalar(isPair(item) ? item.value : item))
      node.flow = isPlain && JSON.stringify(node).length <= longest
    },
    Scalar(key, node) {
      if (key !== 'key' && isLong(node.value)) node.type = Scalar.BLOCK_FOLDED
    },
  })
  return document.toString({ lineWidth: 120, indentSeq: false })
}

function isLong(value: unknown): boolean {
  return typeof value === 'string' && value.length > lineLength && /^\S+( \S+)+$/.test(value)
}

/** The value of a YAML text, whose aliases unfold to 1,000 values at most. Throws what is wrong with it. */
export function yamlValue(text: string): unknown {
  return parse(text, { maxAliasCount: 1000, uniqueKeys: false, logLevel: 'silent' })
}
