/**
 * What the page uses of a browser. The library of TypeScript would declare all of it for every file of this program, where
 * most is not there.
 */

export interface PageNode {
  textContent: string | null
  readonly cloneNode: (deep: boolean) => PageNode
}

export interface PageElement extends PageNode {
  id: string
  className: string
  hidden: boolean
  tabIndex: number
  readonly dataset: Readonly<Record<string, string | undefined>>
  readonly childNodes: Iterable<PageNode>
  readonly parentElement: PageElement | null
  readonly nextElementSibling: PageElement | null
  readonly querySelector: <T extends PageElement = PageElement>(selector: string) => T | null
  readonly querySelectorAll: <T extends PageElement = PageElement>(selector: string) => Iterable<T>
  readonly closest: <T extends PageElement = PageElement>(selector: string) => T | null
  readonly getAttribute: (name: string) => string | null
  readonly setAttribute: (name: string, value: string) => void
  readonly removeAttribute: (name: string) => void
  readonly hasAttribute: (name: string) => boolean
  readonly append: (...content: readonly (PageNode | string)[]) => void
  readonly after: (...content: readonly (PageNode | string)[]) => void
  readonly replaceWith: (...content: readonly (PageNode | string)[]) => void
  readonly replaceChildren: (...content: readonly (PageNode | string)[]) => void
  readonly remove: () => void
  readonly focus: () => void
  readonly scrollIntoView: () => void
  readonly addEventListener: Listens
}

type Listens = (type: string, listener: (event: PageEvent) => void, options?: { readonly once: boolean }) => void

export interface PageEvent {
  readonly target: PageElement
  /** The button that sends a form. */
  readonly submitter?: Control | null
  readonly preventDefault: () => void
}

/** An input, a text area or a choice. */
export interface Control extends PageElement {
  readonly name: string
  readonly value: string
  readonly required: boolean
}

export interface Details extends PageElement {
  open: boolean
}

export interface Dialog extends PageElement {
  returnValue: string
  readonly showModal: () => void
}

export interface Link extends PageElement {
  href: string
  download: string
}

export interface Time extends PageElement {
  readonly dateTime: string
}

export interface PageDocument {
  readonly documentElement: PageElement & { readonly classList: { readonly add: (name: string) => void } }
  readonly getElementById: <T extends PageElement = PageElement>(id: string) => T | null
  readonly querySelectorAll: PageElement['querySelectorAll']
  readonly createElement: <T extends PageElement = PageElement>(tag: string) => T
  readonly addEventListener: Listens
}

export interface PageWindow {
  readonly location: {
    readonly hash: string
    readonly origin: string
    readonly pathname: string
    readonly search: string
  }
  readonly navigator: { readonly clipboard: { readonly writeText: (text: string) => Promise<void> } }
  readonly addEventListener: Listens
  readonly DOMParser: new () => { readonly parseFromString: (text: string, type: string) => PageDocument }
}
