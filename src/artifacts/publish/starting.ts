/** How whoever has the folder starts what is in it. */

import { listedPath } from './listed-form.ts'
import { oneLine } from './prose.ts'
import type { Edition } from './publication.ts'

/** A command line, from within the folder. The package comes with one capability, and is told of any other. */
export function startedBy(edition: Edition, command: 'serve' | 'mcp'): string {
  const { program, texts, plan } = edition
  const file = texts.mapped === undefined ? listedPath(edition) : `ikanos/${plan.capability.name}.ikanos.yml`
  return `npx ${program.name} ${command}${program.bundles ? '' : ` ${word(file)}`}`
}

/** As a POSIX shell takes it. */
const word = (text: string) => (/^[\w./-]+$/.test(text) ? text : `'${oneLine(text).replaceAll("'", "'\\''")}'`)
