/** The command in this process: what it prints and how it would exit, in a hundredth of the time of a process of its own. */

import { program } from '../../src/cli/program.ts'
import type { ExitCode, Terminal } from '../../src/cli/terminal.ts'
import { report } from '../../src/cli/wrong.ts'
import type { Ran } from './cli.ts'
import { stateHome } from './state-home.ts'

/** All commands, for who looks at them. */
export const commandLine = () => program(quiet)

/** A terminal that nobody sits at. */
const quiet: Terminal = {
  out: () => {},
  note: () => {},
  exit: () => {},
  input: () => '',
  environment: {},
  colours: false,
  watched: false,
  interrupted: () => new Promise(() => {}),
  left: new Promise(() => {}),
}

/** Runs the command; what the process has of its own can be given. `cwd` = the folder it is run in: one after the other. */
export async function say(
  args: readonly string[],
  { cwd, ...given }: Partial<Terminal> & { readonly cwd?: string } = {},
): Promise<Ran> {
  const said = { stdout: '', stderr: '' }
  let code: ExitCode = 0
  const terminal: Terminal = {
    ...quiet,
    out: (text) => {
      said.stdout += text
    },
    note: (text) => {
      said.stderr += text
    },
    exit: (given) => {
      code = given
    },
    ...given,
    environment: { XDG_STATE_HOME: stateHome, ...given.environment },
  }
  const before = process.cwd()
  if (cwd !== undefined) process.chdir(cwd)
  try {
    await program(terminal).parseAsync(args, { from: 'user' })
  } catch (error) {
    terminal.exit(report(error, terminal))
  } finally {
    if (cwd !== undefined) process.chdir(before)
  }
  return { code, ...said }
}
