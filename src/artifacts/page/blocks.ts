/**
 * Blocks of text on the page: answers to read, commands to copy. The page runs these functions in the browser, as they are written: they may use each other
 * and nothing else.
 */

import type { Link, PageDocument, PageElement, PageNode, PageWindow } from './dom.ts'

declare const document: PageDocument
declare const window: PageWindow

/** The status of an answer. */
export function mark({ ok, status, statusText }: Response): PageElement {
  return made('b', `mark ${ok ? 'good' : status < 500 ? 'odd' : 'bad'}`, `${status} ${statusText}`)
}

/** An answer that can be read; a very long one is cut, since drawing it would stop the page. */
export function textBlock(text: string, json: boolean): PageElement {
  const most = 200_000
  const pretty = json ? indented(text) : text
  const block = made('pre', 'text')
  if (json && pretty.length <= most) block.append(...coloured(pretty))
  else block.textContent = pretty.slice(0, most)
  if (pretty.length > most) block.append(`\n… ${pretty.length - most} more characters`)
  scrollable(block, 'content of the answer')
  return block
}

/** JSON text with a line a value; text that is none stays as it is. */
export function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** The tokens of JSON text, names apart from values. */
export function coloured(json: string): readonly (PageNode | string)[] {
  const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g
  const pieces: (PageNode | string)[] = []
  let end = 0
  for (const found of json.matchAll(token)) {
    const [all, text, colon] = found
    pieces.push(json.slice(end, found.index))
    pieces.push(made('span', colon !== undefined ? 'key' : text !== undefined ? 'str' : 'lit', all))
    end = found.index + all.length
  }
  return [...pieces, json.slice(end)]
}

/** Bytes that can be saved. */
export function fileLink(content: Blob): PageElement {
  const link = made('a', '', `Save ${content.type || 'the bytes'}, ${content.size} bytes`) as Link
  link.href = URL.createObjectURL(content)
  link.download = 'answer'
  return link
}

/** What is so long that it scrolls is reached with the keyboard. */
export function scrollable(pre: PageElement, label: string) {
  const text = pre.textContent ?? ''
  if (text.length < 300 && text.split('\n').length <= 8) return
  pre.tabIndex = 0
  pre.setAttribute('role', 'group')
  pre.setAttribute('aria-label', label)
}

/** A new element. */
export function made(tag: string, name: string, text = ''): PageElement {
  const element = document.createElement(tag)
  element.className = name
  element.textContent = text
  return element
}

/** What is to be pasted gets a button, and what is so long that it scrolls is reached with the keyboard. */
export function offerCopy(pre: PageElement) {
  const { label } = pre.dataset
  if (label === undefined) return
  const command = made('div', 'command')
  const button = made('button', 'copy', 'Copy')
  button.setAttribute('type', 'button')
  button.append(made('span', 'sr', ` the ${label}`))
  pre.replaceWith(command)
  command.append(pre, button)
  scrollable(pre, label)
}

/** Copies what stands beside a button. */
export async function copy(button: PageElement) {
  const text = button.parentElement?.querySelector('code')?.textContent ?? ''
  const before = [...button.childNodes]
  try {
    await window.navigator.clipboard.writeText(text)
    button.textContent = 'Copied'
  } catch {
    button.textContent = 'Select it by hand'
  }
  setTimeout(() => button.replaceChildren(...before), 1500)
}
