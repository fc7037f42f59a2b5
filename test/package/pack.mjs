/** The package as `npm publish` would send it, and what has to be in it. */

import { readFileSync } from 'node:fs'
import { emptyFolder, root, run } from './shell.mjs'

const manifests = ['plugin.json', 'mcp.json', 'gemini-extension.json', '.claude-plugin', '.codex-plugin']
/** What the repository keeps for users. */
const kept = ['capabilities', 'skills', 'schemas', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...manifests]

/** Builds and packs into a temporary folder: the path of the tarball, its size in bytes, and the path and mode of each file. */
export async function pack() {
  const folder = await emptyFolder()
  // What is built in between writes to stdout too: the answer begins where the JSON does.
  const said = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root })
  const [{ filename, size, files }] = JSON.parse(said.slice(said.search(/^\[/m)))
  return { tarball: `${folder}/${filename}`, size, files }
}

/** `needed` = what must be in it; `built` = what may be in its dist/ besides. */
export async function shipped() {
  const { bin, exports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  const listed = (await run('git', ['ls-files', '-z', '--', ...kept], { cwd: root })).split('\0')
  const always = ['package.json', 'README.md', 'LICENSE', 'dist/prepared.json', 'dist/THIRD-PARTY-NOTICES.txt']
  const checks = ['capability', 'runtime', 'skill', 'publish'].map((name) => `dist/${name}-check.cjs`)
  const entries = Object.values(exports['.']).map((path) => path.replace(/^\.\//, ''))
  return {
    needed: [...listed.filter((path) => path !== ''), ...always, bin.capability, ...entries, ...checks],
    built: /^dist\/([\w-]+\.js|scripts\/[\w.-]+\.(mjs|json))$/,
  }
}
