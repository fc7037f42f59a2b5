/** What users look things up in, made of the tables that the program itself reads: a file of its own, and parts of the README. */

import { diagnosticsText } from './diagnostics.ts'
import { faultsInShort, faultsText } from './faults.ts'
import { keysOf, type Schema } from './keys.ts'
import { keywordsInShort, keywordsText } from './keywords.ts'
import { code, table } from './markdown.ts'

/** Our schemas, as they are read. */
export interface Schemas {
  readonly runtime: Schema
  readonly publish: Schema
}

/** The text of schemas/README.md. */
export function referenceText({ runtime, publish }: Schemas): string {
  return `<!-- Written by "npm run generate" from the tables of the program. Change those. -->

# Reference

What a capability, its companion file and its publish file can say, and what is answered when one of them, or a call, is
wrong. [README](../README.md) tells how to use them; the JSON Schemas beside this file are for editors.

- [Keywords of a capability](#keywords-of-a-capability)
- [Companion file](#companion-file)
- [Publish file](#publish-file)
- [Diagnostics](#diagnostics)
- [Errors of calls](#errors-of-calls)

## Keywords of a capability

Both dialects: maps (\`ikanos\`, 1.0.0-alpha3 to 1.0.0-beta5) and lists (\`naftiko\`, 1.0.0-alpha1 and alpha2). A keyword that
only one of them has, or that the lists call otherwise, says so. What runs changes what is served; what is checked only has
to fit the format, and is for readers of the file. \`<name>\` is the name of an entry: its key in maps, its \`name\` in
lists. A part can stand in other places too, such as inputs at each operation.

${keywordsText()}
## Companion file

\`<name>.runtime.yml\` stands beside \`<name>.ikanos.yml\` ([schema](runtime.schema.json)). A flow is named \`namespace.flow\`.
Beside these keys, \`inputs\` and \`outputs\` hold fragments of JSON Schema 2020-12, without references.

${keysText(runtime)}
## Publish file

\`<name>.publish.yml\` is read by \`capability publish\` ([schema](publish.schema.json)).

${keysText(publish)}
## Diagnostics

\`capability validate\` tells each with its place. \`<x>\` stands for what it names.

${diagnosticsText()}
## Errors of calls

REST answers \`application/problem+json\` (RFC 9457) whose \`type\` is \`urn:capability:problem:<code>\`; a tool of MCP answers
with \`isError\` and a text, and a resource with the JSON-RPC error -32602 for \`invalid-input\`, else -32603. A fault of this
program itself is \`internal\`: 500, \`isError\`, exit code 1.

${faultsText()}`
}

function keysText(schema: Schema): string {
  const rows = keysOf(schema).map((row) => [code(row.key), row.type, row.default, row.meaning])
  return table(['key', 'type', 'default', 'meaning'], rows)
}

const blocks: Readonly<Record<string, () => string>> = { support: keywordsInShort, errors: faultsInShort }

/** A text with what stands between \`<!-- generated:x -->\` and \`<!-- /generated:x -->\` written anew. */
export function withBlocks(text: string): string {
  return Object.entries(blocks).reduce((written, [name, block]) => {
    const [begin, end] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`]
    const [from, to] = [written.indexOf(begin), written.indexOf(end)]
    if (from < 0 || to < from) return written
    return `${written.slice(0, from + begin.length)}\n\n${block()}\n${written.slice(to)}`
  }, text)
}
