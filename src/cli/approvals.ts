/** `capability approvals`: what waits for a person, and their decision. */

import type { Command } from 'commander'
import type { TargetFlags } from './control/target.ts'
import { asking, controlFor } from './control.ts'
import { stateDirectoryOf } from './state.ts'
import type { Terminal } from './terminal.ts'

interface ApprovalFlags extends TargetFlags {
  readonly state?: string
  readonly json?: boolean
  readonly all?: boolean
  readonly reason?: string
}

export function addApprovals(program: Command, terminal: Terminal) {
  const approvals = program
    .command('approvals')
    .description('list, show, approve or deny what waits for a person')
    .helpCommand(false)
  placed(approvals, 'list', 'list what waits')
    .option('--all', 'what is decided, used or expired too')
    .action(async (flags: ApprovalFlags) => tell(flags, terminal, (kept) => kept.list(flags.all === true)))
  placed(approvals, 'show', 'show one with all that it is about')
    .argument('<id>', 'id of an approval, ap_…')
    .action((id: string, flags: ApprovalFlags) => tell(flags, terminal, (kept) => kept.show(id)))
  for (const verb of ['approve', 'deny'] as const)
    placed(approvals, verb, `${verb} one; the first decision counts`)
      .argument('<id>', 'id of an approval, ap_…')
      .option('--reason <text>', 'why, as the caller is told')
      .action((id: string, flags: ApprovalFlags) =>
        tell(flags, terminal, (kept) => kept.decide(id, verb, flags.reason)),
      )
}

function placed(program: Command, name: string, description: string): Command {
  return asking(program, name, description)
    .option('--state <dir>', 'the --state of the command whose call waits (default: ~/.local/state/capability)')
    .addHelpText('after', '\nWithout --control, --port, --address or --file it is what is kept on this machine.')
}

/** Those of a control surface where one is named, else those on this machine. */
async function tell(flags: ApprovalFlags, terminal: Terminal, run: (kept: Decisions) => Promise<Told>) {
  const { control, port, address, file, state } = flags
  const isElsewhere = [control, port, address, file].some((flag) => flag !== undefined)
  const [{ ofControl, ofDirectory }, told] = await Promise.all([
    import('./approvals/decisions.ts'),
    import('./control/told.ts'),
  ])
  const decisions = isElsewhere
    ? ofControl(await controlFor(flags, terminal))
    : ofDirectory(state ?? stateDirectoryOf(terminal.environment))
  told.tell(await run(decisions), flags.json === true, terminal)
}

type Decisions = import('./approvals/decisions.ts').Decisions
type Told = import('./control/told.ts').Told
