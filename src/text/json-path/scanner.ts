const MAX_LENGTH = 4096
const MAX_DEPTH = 100

/** Says what is wrong with a JSONPath and where: `offset` counts UTF-16 units from 0. */
export class JsonPathSyntaxError extends Error {
  readonly offset: number

  constructor(problem: string, source: string, offset: number) {
    const shown = source.length > 80 ? `${source.slice(0, 79)}…` : source
    super(`${problem} (offset ${offset} of JSONPath ${JSON.stringify(shown)})`)
    this.name = 'JsonPathSyntaxError'
    this.offset = offset
  }
}

/** Reads a JSONPath from left to right. `lenient` allows the capability format's dot names. */
export class Scanner {
  readonly source: string
  readonly lenient: boolean
  offset = 0
  #depth = 0

  constructor(source: string, lenient: boolean) {
    this.source = source
    this.lenient = lenient
    if (source.length > MAX_LENGTH) this.fail(`A JSONPath has at most ${MAX_LENGTH} characters`, MAX_LENGTH)
  }

  get done(): boolean {
    return this.offset >= this.source.length
  }

  /** Inside a filter, where blanks separate operands and so can't be part of a lenient name. */
  get nested(): boolean {
    return this.#depth > 0
  }

  peek(): string {
    return this.source.charAt(this.offset)
  }

  looksAt(text: string): boolean {
    return this.source.startsWith(text, this.offset)
  }

  accept(text: string): boolean {
    const found = this.looksAt(text)
    if (found) this.offset += text.length
    return found
  }

  /** Reads what a sticky pattern matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset
    const text = pattern.exec(this.source)?.[0]
    if (text !== undefined) this.offset += text.length
    return text
  }

  skipBlanks(): void {
    this.match(/[ \t\n\r]*/y)
  }

  /** Runs a parser one level deeper, so that a hostile query meets an error and not the end of the stack. */
  nest<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.fail(`Filters, parentheses and calls nest at most ${MAX_DEPTH} deep`)
    const result = parse()
    this.#depth--
    return result
  }

  fail(problem: string, offset: number = this.offset): never {
    throw new JsonPathSyntaxError(problem, this.source, offset)
  }

  expected(what: string): never {
    const next = this.source.codePointAt(this.offset)
    const found = next === undefined ? 'the end' : JSON.stringify(String.fromCodePoint(next))
    return this.fail(`Expected ${what}, found ${found}`)
  }
}
