/** Markdown -> its front matter, tables and sections (spec §2.6). */

import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'
import { readYaml } from './yaml.ts'

type Root = ReturnType<typeof fromMarkdown>
type Content = Root['children'][number]
type Table = Extract<Content, { readonly type: 'table' }>

interface Section {
  readonly heading: string
  readonly level: number
  readonly content: string
}

/** A reader of `{frontMatter, tables, sections}`. `heading` = the start of the headings whose sections are wanted. */
export function markdownReader(heading = ''): (text: string) => unknown {
  const start = heading.replace(/^#+\s*/, '')
  return (text) => {
    const { front, rest } = splitFront(text.replaceAll('\r\n', '\n'))
    const options = { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] }
    const { children } = fromMarkdown(rest, options)
    const tables = children.filter((node) => node.type === 'table').map(rowsOf)
    const sections = sectionsOf(children).filter((section) => section.heading.startsWith(start))
    return { frontMatter: front.trim() === '' ? {} : (readYaml(front) ?? {}), tables, sections }
  }
}

function splitFront(text: string): { readonly front: string; readonly rest: string } {
  const [whole, front = ''] = /^---\n(?:([\s\S]*?)\n)?---\n/.exec(text) ?? []
  return whole === undefined ? { front, rest: text } : { front, rest: text.slice(whole.length) }
}

function rowsOf({ children: [head, ...rows] }: Table): readonly Readonly<Record<string, string>>[] {
  const names = (head?.children ?? []).map(textOf)
  return rows.map(({ children }) =>
    Object.fromEntries(names.map((name, i) => [name, children[i] === undefined ? '' : textOf(children[i])])),
  )
}

/** From a heading to the next one of any level. What stands before the first one belongs to none. */
function sectionsOf(nodes: readonly Content[]): readonly Section[] {
  const sections: { heading: string; level: number; blocks: string[] }[] = []
  for (const node of nodes) {
    if (node.type === 'heading') sections.push({ heading: textOf(node), level: node.depth, blocks: [] })
    else if (node.type !== 'table') sections.at(-1)?.blocks.push(textOf(node))
  }
  return sections.map(({ blocks, ...section }) => ({
    ...section,
    content: blocks.filter((text) => text !== '').join('\n'),
  }))
}

/** Text and code spans; HTML and fenced code say nothing. */
function textOf(node: Content): string {
  switch (node.type) {
    case 'text':
      return node.value.replaceAll('\n', ' ')
    case 'inlineCode':
      return node.value
    case 'break':
      return '\n'
    case 'image':
      return node.alt ?? ''
    default:
      return 'children' in node ? node.children.map(textOf).join('') : ''
  }
}
