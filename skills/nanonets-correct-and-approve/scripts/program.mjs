// What every script here begins and ends with. Imported by them, not run. Generated: change the capability, not this file.
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Exit codes, the same everywhere. */
export const exits = { ok: 0, usage: 2, invalid: 3, changed: 4, connection: 5, limited: 6, partial: 7, pending: 8 }

export const exitText = `Exit codes: 0 ok · 2 wrong command line · 3 the plan does not fit · 4 what is there has changed ·
5 not connected or not allowed · 6 too many requests · 7 some actions failed or are open · 8 a person has to release calls
first · 1 a fault of the script

The address is that of the capability on this machine (--url, CAPABILITY_URL, else the declared one); others are refused.
CAPABILITY_TOKEN is sent as a bearer token where that surface asks for one.`

/** Ends a script: a message on stderr, and an exit code. `mayHaveRun`: nobody knows whether the last call was made. */
export class Stop extends Error {
  constructor(exit, message, mayHaveRun = false) {
    super(message)
    this.exit = exit
    this.mayHaveRun = mayHaveRun
  }
}

/** Runs a script where it is the program: what it answers is printed as JSON, with its `exit` as exit code. */
export async function main(meta, help, answerTo) {
  if (!isProgram(meta)) return
  const words = process.argv.slice(2)
  if (words.includes('--help') || words.includes('-h')) return void process.stdout.write(`${help}\n\n${exitText}\n`)
  try {
    const { exit = exits.ok, ...answer } = await answerTo(words)
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
    process.exitCode = exit
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = error.exit
  }
}

/** By the real paths: installers link to skills. */
const isProgram = ({ main: is, url }) => is ?? realpathSync(process.argv[1]) === realpathSync(fileURLToPath(url))

/** Flags with a value, flags without one (`''`), and the other words. */
export function readWords(words, flags) {
  const given = { words: [], flags: {} }
  for (let i = 0; i < words.length; i++) {
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(words[i]) ?? []
    if (name === undefined) given.words.push(words[i])
    else if (!Object.hasOwn(flags, name)) throw new Stop(exits.usage, `--${name} is not known; see --help`)
    else if (flags[name] === '') given.flags[name] = true
    else given.flags[name] = inline ?? words[++i]
    if (name !== undefined && given.flags[name] === undefined)
      throw new Stop(exits.usage, `--${name} needs ${flags[name]}`)
  }
  return given
}

/** The text of a file, `-` = of stdin. */
export function readText(path) {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new Stop(exits.usage, `${path} can't be read: ${error.code}`)
  }
}

/** Writes a plan, over another plan but over nothing else. */
export function writePlan(path, capability, actions) {
  const plan = { planVersion: 1, capability, actions }
  try {
    if (!mayReplace(path)) throw new Stop(exits.usage, `${path} is there and is no plan: choose another --out`)
    writeFileSync(path, `${JSON.stringify(plan, null, 2)}\n`)
  } catch (error) {
    throw error instanceof Stop ? error : new Stop(exits.usage, `${path} can't be written: ${error.code}`)
  }
}

function mayReplace(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).planVersion !== undefined
  } catch (error) {
    return error.code === 'ENOENT'
  }
}

const longest = 400

/** A text or a value of others, short enough to show. */
export function brief(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === undefined || text.length <= longest ? value : `${text.slice(0, longest)}…`
}
