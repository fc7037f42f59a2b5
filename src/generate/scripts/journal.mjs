// What run.mjs has done, so that it can go on. Imported by it, not run. Generated: change the capability, not this file.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { exits, Stop } from './program.mjs'

/**
 * Lines of JSON: first what was agreed to, then what became of each action, each on disk before the next call is made.
 * Throws Stop while another run has it, and where nothing can be written.
 */
export function openJournal(file) {
  const unlock = lock(`${file}.lock`)
  try {
    return { ...journalIn(file), close: unlock }
  } catch (error) {
    unlock()
    throw error instanceof Stop ? error : new Stop(exits.usage, `${file} can't be kept: ${error.code}`)
  }
}

function journalIn(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const lines = text.split('\n').flatMap(lineOf)
  const head = lines.find(({ planDigest }) => planDigest !== undefined)
  if (text !== '' && head === undefined) throw new Stop(exits.usage, `${file} is there and is no journal`)
  const states = new Map(lines.flatMap((line) => (line.id === undefined ? [] : [[line.id, line]])))
  if (text !== '' && !text.endsWith('\n')) append(file, '\n')
  const write = (line) => append(file, `${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`)
  return {
    file,
    head,
    states,
    write,
    note: (line) => {
      states.set(line.id, line)
      write(line)
    },
  }
}

/** A line that a crash cut off tells nothing: its action was begun, as the line before says. */
function lineOf(line) {
  try {
    const value = JSON.parse(line)
    return typeof value === 'object' && value !== null ? [value] : []
  } catch {
    return []
  }
}

function append(file, text) {
  const opened = openSync(file, 'a', 0o600)
  try {
    writeSync(opened, text)
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/** Answers what gives it back. The lock of a process that is gone is taken over. */
function lock(file) {
  try {
    const opened = openSync(file, 'wx', 0o600)
    writeSync(opened, String(process.pid))
    closeSync(opened)
    return () => rmSync(file, { force: true })
  } catch (error) {
    if (error.code !== 'EEXIST') throw new Stop(exits.usage, `${file} can't be written: ${error.code}`)
  }
  if (isAlive(Number(readFileSync(file, 'utf8'))))
    throw new Stop(exits.usage, `another run of this plan is under way; if there is none, delete ${file}`)
  rmSync(file, { force: true })
  return lock(file)
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
