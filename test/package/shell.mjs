/** A person at a shell: folders of their own, commands that end, and a server that goes on. */

import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The folder of package.json. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

const home = await mkdtemp(join(tmpdir(), 'package-'))

/** Removes every folder there was. */
export const leave = () => rm(home, { recursive: true, force: true })

/** A new folder outside this repository, with a package.json where one is given. */
export async function emptyFolder(packageJson) {
  const folder = await mkdtemp(join(home, 'folder-'))
  if (packageJson !== undefined) await writeFile(join(folder, 'package.json'), JSON.stringify(packageJson))
  return folder
}

/** The environment without a key, without what an npm or npx that runs this was asked for, and with state in our folder. */
export function environment() {
  const asked = /^(npm_(?!config_)|npm_config_(package|call)$|NANONETS_|NODE_)/
  const inherited = Object.entries(process.env).filter(([name]) => !asked.test(name))
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', XDG_STATE_HOME: join(home, 'state') }
}

/** Runs a command to its end, at most two minutes; answers its stdout. Throws with all that it said unless it ends with 0. */
export async function run(command, args, { cwd, env = {} }) {
  try {
    const options = { cwd, env: { ...environment(), ...env }, timeout: 120_000, maxBuffer: 64 * 1024 * 1024 }
    return (await promisify(execFile)(command, args, options)).stdout
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}: exit code ${error.code}\n${error.stdout}${error.stderr}`)
  }
}

/** An empty folder, and an npm that has installed nothing with npx yet, though what it once fetched is there. */
export async function npxOnly() {
  const cwd = await emptyFolder()
  const cache = await emptyFolder()
  const fetched = join((await run('npm', ['config', 'get', 'cache'], { cwd })).trim(), '_cacache')
  await mkdir(fetched, { recursive: true })
  await symlink(fetched, join(cache, '_cacache'))
  return { cwd, env: { npm_config_cache: cache, npm_config_prefer_offline: 'true' } }
}

/** `capability serve --sandbox` on free ports: what it said once all of it listens, and how to stop it. */
export async function serve(cwd) {
  const ports = ['files-rest', 'files-mcp', 'files-skill', 'control'].flatMap((name) => ['--port', `${name}=0`])
  const args = ['--no', 'capability', 'serve', '--sandbox', ...ports]
  // npx starts a shell, which starts the program: a group of their own, so that all of them can be told to stop.
  const child = spawn('npx', args, { cwd, env: environment(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const tell = (signal) => process.kill(-child.pid, signal)
  const ended = new Promise((resolve) => child.once('close', resolve))
  let said = ''
  await new Promise((resolve, reject) => {
    const hear = (chunk) => {
      said += chunk
      if (said.includes('Install its skills')) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    void ended.then((code) => reject(new Error(`serve ended with exit code ${code}\n${said}`)))
  })
  const stop = () => {
    tell('SIGINT')
    return ended
  }
  return { said, stop }
}
