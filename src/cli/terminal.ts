/** Where a command writes, what it reads beside its arguments, and when it is told to stop. */

import { readFileSync } from 'node:fs'

/** 0 ok, 1 the operation failed, 2 the capability or the command line is wrong, 3 a person has to approve it first. */
export type ExitCode = 0 | 1 | 2 | 3

/** What a command knows of the world it runs in. */
export interface Terminal {
  /** Writes a result. */
  readonly out: (text: string) => void
  /** Writes what is no result: warnings, faults, progress. */
  readonly note: (text: string) => void
  readonly exit: (code: ExitCode) => void
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Asks whoever sits there, and answers a line without its spaces; absent = nobody does. */
  readonly ask?: (question: string) => Promise<string>
  /** All that is on stdin. */
  readonly input: () => string
  /** Whether results are coloured. */
  readonly colours: boolean
  /** Whether somebody watches what is noted. */
  readonly watched: boolean
  /** Resolves once the command is asked to stop. */
  readonly interrupted: () => Promise<void>
  /** Resolves once nobody reads the results any more. */
  readonly left: Promise<void>
}

/** The terminal, pipe or file that this process was given. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process
  return {
    out: (text) => void stdout.write(text),
    note: (text) => void stderr.write(text),
    exit: (code) => {
      process.exitCode = code
    },
    environment: env,
    ...(process.stdin.isTTY === true ? { ask } : {}),
    input: () => readFileSync(0, 'utf8'),
    colours: stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
    watched: stderr.isTTY === true,
    interrupted,
    left: readerLeft(),
  }
}

/** The question goes where results do not. */
async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // Who ends the input has no answer; the question itself would wait for ever.
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
  try {
    return (await Promise.race([lines.question(question), ended])).trim()
  } finally {
    lines.close()
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

/** `… | head` has read enough: no fault, and the exit code stays that of the command. A full disk is another matter. */
function readerLeft(): Promise<void> {
  process.stderr.on('error', () => {})
  return new Promise((resolve) => {
    process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return resolve()
      process.stderr.write(`capability: the results can't be written: ${message}\n`)
      process.exit(1)
    })
  })
}
