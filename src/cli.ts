#!/usr/bin/env node
/** The command `capability`: parses arguments, runs what they name, exits 0 (ok), 1 (the operation failed) or 2 (wrong capability or command line). */

import { program } from './cli/program.ts'
import { processTerminal } from './cli/terminal.ts'
import { report } from './cli/wrong.ts'

const terminal = processTerminal()
try {
  await program(terminal).parseAsync()
} catch (error) {
  terminal.exit(report(error, terminal))
}
