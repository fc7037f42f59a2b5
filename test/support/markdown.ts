/** A Markdown document as its checks need it: its snippets, links, headings and words in code, each with its line. */

import { readFileSync } from 'node:fs'
import type { Code, Heading, InlineCode, Link, Nodes, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'

/** A fenced snippet. */
export interface Snippet {
  readonly language: string
  readonly text: string
  /** Of its first line of text. */
  readonly line: number
  /** Whether nothing stands between it and the snippet before. */
  readonly follows: boolean
}

export interface Document {
  readonly file: string
  readonly text: string
  readonly snippets: readonly Snippet[]
  readonly links: readonly { readonly url: string; readonly line: number }[]
  /** Names of its headings as GitHub makes them. */
  readonly anchors: readonly string[]
  readonly words: readonly { readonly text: string; readonly line: number }[]
}

/** Reads a document of the repository. */
export function readMarkdown(file: string): Document {
  const text = readFileSync(file, 'utf8')
  const root = fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] })
  const nodes = [...below(root)]
  const of = <T extends Nodes>(type: T['type']) => nodes.filter((node): node is T => node.type === type)
  return {
    file,
    text,
    snippets: snippetsOf(root),
    links: of<Link>('link').map((node) => ({ url: node.url, line: lineOf(node) })),
    anchors: of<Heading>('heading').map((node) => anchorOf(textOf(node))),
    words: of<InlineCode>('inlineCode').map((node) => ({ text: node.value, line: lineOf(node) })),
  }
}

function snippetsOf({ children }: Root): readonly Snippet[] {
  return children.flatMap((node, i) => {
    if (node.type !== 'code') return []
    const { lang, value }: Code = node
    return [{ language: lang ?? '', text: value, line: lineOf(node) + 1, follows: children[i - 1]?.type === 'code' }]
  })
}

function* below(node: Nodes): Generator<Nodes> {
  yield node
  if ('children' in node) for (const child of node.children) yield* below(child)
}

const lineOf = ({ position }: Nodes) => position?.start.line ?? 0

function textOf(node: Nodes): string {
  if ('value' in node) return node.value
  return 'children' in node ? node.children.map((child) => textOf(child)).join('') : ''
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-')
}
