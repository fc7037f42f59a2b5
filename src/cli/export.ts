/** `capability export`: writes a capability as other tools read it. */

import { writeFileSync } from 'node:fs'
import { Argument, type Command } from 'commander'
import { bundledCapability, type ExportForm, exportCapability, exportForms, load, writeFolder } from '../index.ts'
import type { Terminal } from './terminal.ts'

interface ExportFlags {
  readonly out?: string
}

export function addExport(program: Command, terminal: Terminal) {
  program
    .command('export')
    .description('write a capability as OpenAPI, MCP tools, Arazzo, a Postman collection, or skills')
    .addArgument(new Argument('<form>', 'what to write').choices(exportForms))
    .argument('[file]', 'capability file (default: the bundled one)')
    .option('--out <path>', 'write to a file, for skills to a folder, instead of the terminal')
    .action((form: ExportForm, file: string | undefined, flags: ExportFlags) => runExport(form, file, flags, terminal))
}

async function runExport(form: ExportForm, file: string | undefined, { out: path }: ExportFlags, terminal: Terminal) {
  const files = await exportCapability(await load(file ?? bundledCapability()), form)
  if (form === 'skills' && path !== undefined) await writeFolder(files, path)
  else if (path !== undefined) writeFileSync(path, files[0]?.text ?? '')
  // Several files on a terminal are told apart by their names.
  else for (const one of files) terminal.out(form === 'skills' ? `==> ${one.path} <==\n${one.text}\n` : one.text)
  if (form === 'arazzo') terminal.note('its steps are those of openapi.yaml beside it: capability export openapi\n')
  if (path !== undefined) terminal.out(`wrote ${form === 'skills' ? `${files.length} files to ` : ''}${path}\n`)
}
