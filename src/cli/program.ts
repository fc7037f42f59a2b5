/** The commands there are, under the headings of the help, and what a new user is shown. */

import { Command } from 'commander'
import { packageInfo, StartError } from '../index.ts'
import { addApprovals } from './approvals.ts'
import { addAudit } from './audit.ts'
import { addCall } from './call.ts'
import { addControl } from './control.ts'
import { addExport } from './export.ts'
import { addConvert, addGenerate } from './generate.ts'
import { addImport } from './import.ts'
import { addInit } from './init.ts'
import { addPublish } from './publish.ts'
import { addMcp, addSandbox, addServe } from './serve.ts'
import type { Terminal } from './terminal.ts'
import { addValidate } from './validate.ts'
import { refuseInWords, unknownCommand } from './wrong.ts'

/** Everything that `capability` does. Parsing throws StartError for words it does not understand. */
export function program(terminal: Terminal): Command {
  const command = new Command('capability')
  command
    .description('Serves a capability, one YAML file, as REST, MCP and Agent Skills.')
    .version(packageInfo().version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .addHelpText('after', examples)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.note, outputError: () => {} })
    .showSuggestionAfterError(false)
  command.commandsGroup('Run a capability:')
  addServe(command, terminal)
  addMcp(command, terminal)
  addCall(command, terminal)
  addSandbox(command, terminal)
  command.commandsGroup('Write a capability:')
  addInit(command, terminal)
  addImport(command, terminal)
  addValidate(command, terminal)
  addConvert(command, terminal)
  addGenerate(command, terminal)
  addExport(command, terminal)
  addPublish(command, terminal)
  command.commandsGroup('Ask a capability that runs:')
  addControl(command, terminal)
  command.commandsGroup('Decide what may be done, show what was:')
  addApprovals(command, terminal)
  addAudit(command, terminal)
  command.commandsGroup('Help:')
  addHelp(command)
  refuseInWords(command)
  return command
}

const examples = `
Examples:
  capability serve --sandbox                     try the bundled capability without an account
  capability call list-files --sandbox           one call from the shell; it says which inputs it lacks
  capability mcp --sandbox                       for an MCP client that starts programs
  capability serve --sandbox --faults '5% 429'   with faults, to see what they do
  capability init --name "My API" --base-uri https://api.example.com   begin one of your own
  capability import openapi api.yaml --out my.ikanos.yml               or make it of an OpenAPI description
  capability validate my.ikanos.yml              what is wrong with it, and where
  capability serve my.ikanos.yml --watch         serve it, and serve it anew when it changes
  capability health                              is the one that runs ready

Exit codes: 0 ok, 1 the operation failed, 2 the capability or the command line is wrong,
3 a person has to approve the call first.`

function addHelp(program: Command) {
  program
    .command('help')
    .description('print what a command does and takes')
    .argument('[command...]', 'name of the command, and of one below it')
    .action((names: readonly string[]) => names.reduce(named, program).outputHelp())
}

function named(program: Command, name: string): Command {
  const found = program.commands.find((command) => command.name() === name)
  if (found === undefined) throw new StartError(unknownCommand(name, program))
  return found
}
