/** Keeps V8 from optimising code that runs once: for the YAML parser that takes twice as long as the parsing itself. */

import { setFlagsFromString } from 'node:v8'

const [nothing, usual] = [0, 60 * 1024]

/**
 * Runs a function without the optimising compiler (Node 20: 35 against 100 ms for the flagship, a quarter of a start).
 * The flag is only ever read when V8 considers a function, and is back at its default before anything else runs.
 */
export function runOnce<T>(run: () => T): T {
  setFlagsFromString(`--max-optimized-bytecode-size=${nothing}`)
  try {
    return run()
  } finally {
    setFlagsFromString(`--max-optimized-bytecode-size=${usual}`)
  }
}
