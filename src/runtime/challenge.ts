/** WWW-Authenticate as data (RFC 9110 §11.6.1): a field may hold several challenges, each a scheme with parameters. */

export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  /** Names in lower case; a quoted value without its quotes, its escapes kept. */
  readonly parameters: ReadonlyMap<string, string>
}

const token = String.raw`[\w!#$%&'*+.^|~\x60-]+`
const piece = new RegExp(
  String.raw`\s*(?:(${token})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|(${token}))|(${token}))\s*(?:,|(?=\s|$))`,
  'y',
)

/** The challenges of the fields, in order. What can't be read ends its field. */
export function challengesOf(fields: readonly string[]): readonly Challenge[] {
  return fields.flatMap((field) => {
    const found: { scheme: string; parameters: Map<string, string> }[] = []
    piece.lastIndex = 0
    for (let match = piece.exec(field); match !== null; match = piece.exec(field)) {
      const [, name, quoted, plain, scheme] = match
      if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), parameters: new Map() })
      else found.at(-1)?.parameters.set(name?.toLowerCase() ?? '', quoted ?? plain ?? '')
    }
    return found
  })
}
