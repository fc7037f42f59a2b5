/** Fetches a tool of the npm registry with the Node that it needs, through npx's cache. */

import { execFile } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** The registry can't be reached. */
export class Unreachable extends Error {}

const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED|E403|E5\d\d)\b/

/** Folder of a package, without what it depends on. Throws Unreachable. */
export async function fetchPackage(name) {
  const { stdout } = await npx(name, ['-p', name, '-c', 'node -p process.env.PATH'])
  const [commands] = stdout.trim().split(delimiter)
  return join(dirname(commands), name.replace(/(?!^)@.*/, ''))
}

/** Paths of a package's command and of Node 24. Throws Unreachable. */
export async function fetchTool(name, command) {
  const found = `for name in node ${command}; do command -v $name; done`
  const { stdout } = await npx(name, ['-p', 'node@24', '-p', name, '-c', found])
  const [node, path] = stdout.trim().split('\n')
  return { name, node, path }
}

async function npx(name, args) {
  const env = { ...process.env, npm_config_fetch_retries: '1', npm_config_prefer_offline: 'true' }
  try {
    return await promisify(execFile)('npx', ['-y', ...args], { env })
  } catch (error) {
    const [code] = unreachable.exec(error.stderr ?? '') ?? []
    if (code === undefined) throw error
    throw new Unreachable(`${name} can't be fetched (${code})`)
  }
}
