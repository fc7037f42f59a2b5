/** Where the command line keeps what outlives it. */

import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'
import { StartError } from '../index.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The folder for those who name none: `$XDG_STATE_HOME/capability`, else `~/.local/state/capability` (XDG Base Directory
 * Specification 0.8: what is no absolute path counts as not set); on Windows `%LOCALAPPDATA%\capability`. Throws StartError
 * where there is no home.
 */
export function stateDirectoryOf(environment: Environment, platform: string = process.platform): string {
  const { join, isAbsolute } = platform === 'win32' ? win32 : posix
  const named = platform === 'win32' ? environment.LOCALAPPDATA : environment.XDG_STATE_HOME
  if (named !== undefined && isAbsolute(named)) return join(named, 'capability')
  const below = platform === 'win32' ? ['AppData', 'Local'] : ['.local', 'state']
  return join(homeOf(environment), ...below, 'capability')
}

function homeOf({ HOME }: Environment): string {
  if (HOME !== undefined && HOME !== '') return HOME
  try {
    return homedir()
  } catch {
    throw new StartError('there is no home to keep the audit in; name a folder with --state <dir>')
  }
}
