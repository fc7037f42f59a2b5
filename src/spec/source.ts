/** A file that was parsed: what it holds, and where each part of it stands. */

import { type Diagnostic, type DiagnosticArgs, type DiagnosticCode, diagnostic, type Location } from '../diagnostics.ts'

/** A parsed YAML text. `value` is its plain data, anchors and merge keys expanded. */
export interface Source {
  readonly file: string
  readonly value: unknown
  readonly locate: (pointer: string) => Location
  readonly frame: (location: Location) => string
}

/** A diagnostic about a source, with its place and code frame. */
export function diagnosticAt<C extends DiagnosticCode>(
  source: Source,
  code: C,
  pointer: string,
  args: DiagnosticArgs<C>,
): Diagnostic {
  const location = source.locate(pointer)
  return diagnostic(code, location, withLines(source, args), source.frame(location))
}

/** A reader finds a `first` place by its line, not by its pointer. */
function withLines<A extends object>(source: Source, args: A): A {
  return 'first' in args ? { ...args, first: `line ${source.locate(String(args.first)).line}` } : args
}
