/** Fetches packages of the npm registry: a tool with the Node that it needs, through npx's cache, or files. */

import { execFile } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** The registry can't be reached. */
export class Unreachable extends Error {}

const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED|E403|E5\d\d)\b/

/** Folder of a package, without what it depends on. Throws Unreachable. */
export async function fetchPackage(name) {
  const paths = await fetched(name, 'npx', ['-y', '-p', name, '-c', 'node -p process.env.PATH'])
  const [commands] = paths.split(delimiter)
  return join(dirname(commands), name.replace(/(?!^)@.*/, ''))
}

/** Paths of a package's command and of Node 24. Throws Unreachable. */
export async function fetchTool(name, command) {
  const found = `for name in node ${command}; do command -v $name; done`
  const [node, path] = (await fetched(name, 'npx', ['-y', '-p', 'node@24', '-p', name, '-c', found])).split('\n')
  return { name, node, path }
}

/** Writes a package as a tar file into a folder, and answers the name of the file. Throws Unreachable. */
export function packed(name, folder) {
  return fetched(name, 'npm', ['pack', '--loglevel=error', '--pack-destination', folder, name])
}

async function fetched(name, command, args) {
  const env = { ...process.env, npm_config_fetch_retries: '1', npm_config_prefer_offline: 'true' }
  try {
    const { stdout } = await promisify(execFile)(command, args, { env })
    return stdout.trim()
  } catch (error) {
    const [code] = unreachable.exec(error.stderr ?? '') ?? []
    if (code === undefined) throw error
    throw new Unreachable(`${name} can't be fetched (${code})`)
  }
}
