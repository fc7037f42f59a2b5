/** A file that was parsed: what it holds, and where each part of it stands. */

import { type Diagnostic, type DiagnosticArgs, type DiagnosticCode, diagnostic, type Location } from '../diagnostics.ts'

/** A parsed YAML text. `value` is its plain data, anchors and merge keys expanded. */
export interface Source {
  readonly file: string
  readonly value: unknown
  readonly locate: (pointer: string) => Location
  /** The lines around a place, secrets hidden. */
  readonly frame: (location: Location) => string
  /** A text that may quote the file, secrets hidden. */
  readonly hide: (text: string) => string
}

/** A file that was read. `checked` = its value is known to fit the schema. */
export interface Text {
  readonly value: unknown
  readonly checked: boolean
  /** The parsed text with its places. */
  readonly source: () => Promise<Source>
}

/** A part of a value that stands elsewhere: at `pointer` in the value, at `at` in its own text. */
export interface Part {
  readonly pointer: string
  readonly at: string
  readonly text: Text
}

/** A value put together from several texts; each place in it is a place in the text that it comes from. */
export function composed(text: Text, value: unknown, parts: readonly Part[]): Text {
  const source = async (): Promise<Source> => {
    const main = await text.source()
    const placed = await Promise.all(parts.map(async (part) => ({ ...part, source: await part.text.source() })))
    const sources = [main, ...placed.map((part) => part.source)]
    return {
      file: main.file,
      value,
      locate: (pointer) => {
        const part = placed.find((p) => pointer === p.pointer || pointer.startsWith(`${p.pointer}/`))
        return part === undefined
          ? main.locate(pointer)
          : part.source.locate(part.at + pointer.slice(part.pointer.length))
      },
      hide: (text) => sources.reduce((rest, { hide }) => hide(rest), text),
      frame: (location) => (sources.find(({ file }) => file === location.file) ?? main).frame(location),
    }
  }
  return { value, checked: true, source }
}

/** A diagnostic about a source, with its place and code frame. */
export function diagnosticAt<C extends DiagnosticCode>(
  source: Source,
  code: C,
  pointer: string,
  args: DiagnosticArgs<C>,
): Diagnostic {
  const location = source.locate(pointer)
  const told = withLines(source, withoutQuotes(source, args), location.file)
  return diagnostic(code, location, told, source.frame(location))
}

/** What is quoted from the file, secrets hidden. A name stays: it is a key, or should be one. */
function withoutQuotes<A extends object>(source: Source, args: A): A {
  const shown = Object.entries(args).map(([key, arg]) => [
    key,
    typeof arg === 'string' && key !== 'name' && key !== 'nearest' && key !== 'first' ? source.hide(arg) : arg,
  ])
  return Object.fromEntries(shown) as A
}

/** A reader finds a `first` place by its line, not by its pointer. */
function withLines<A extends object>(source: Source, args: A, file: string): A {
  if (!('first' in args)) return args
  const first = source.locate(String(args.first))
  return { ...args, first: `line ${first.line}${first.file === file ? '' : ` of ${first.file}`}` }
}
