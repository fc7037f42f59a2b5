/** Scripts of the shipped capability by themselves, in plain JavaScript: the Java engine runs them too. */

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { bundledCapability } from '../../src/index.ts'

/** What a script leaves in `result`. Throws what it throws. */
export function runShipped(name: string, context: object): unknown {
  const text = readFileSync(join(dirname(bundledCapability()), 'scripts', name), 'utf8')
  const scope: { context: object; result?: unknown } = { context: JSON.parse(JSON.stringify(context)) }
  runInContext(text, createContext(scope))
  return JSON.parse(JSON.stringify(scope.result))
}
