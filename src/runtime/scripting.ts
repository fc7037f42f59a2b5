/** What governs scripts while they can be run: settings that can be changed, and what came of the scripts so far (spec §4.4). */

import { OperationError } from '../errors.ts'
import type { Plan, ScriptingPlan, ScriptPlan } from '../plan.ts'
import type { Call } from './call.ts'

/** The scripts that are read anew for other defaults, or why one of them can't be: one text each. */
export type RereadScripts = (
  defaults: Pick<ScriptingPlan, 'defaultLocation' | 'defaultLanguage'>,
) => Promise<{ readonly scripts: ReadonlyMap<ScriptPlan, ScriptPlan> } | { readonly faults: readonly string[] }>

export interface ScriptingOptions {
  /** `IKANOS_SCRIPTING=false` in it switches scripts off where the capability does not say. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly reread?: RereadScripts
}

export interface ScriptingStats {
  readonly totalExecutions: number
  readonly totalErrors: number
  /** Milliseconds. */
  readonly averageDurationMs: number
  /** ISO 8601. */
  readonly lastExecutionAt?: string
}

export interface Scripting {
  readonly settings: () => ScriptingPlan
  readonly stats: () => ScriptingStats
  /** Changes all that is named or nothing, for the scripts that start after it. Throws OperationError `invalid-input`. */
  readonly change: (settings: Partial<ScriptingPlan>) => Promise<void>
  /** What a script leaves, see `runScript`. Throws OperationError `script-failed` where it may not run, too. */
  readonly run: (script: ScriptPlan, context: unknown, call?: Call) => Promise<unknown>
}

const absent: ScriptingPlan = { timeoutMs: 2_000, turns: 10_000_000, allowedLanguages: [] }

/** Nothing of it outlives the process: what is changed here is as the capability says after the next start. */
export function createScripting(plan: Plan, { environment, reread }: ScriptingOptions): Scripting {
  let settings = plan.scripting ?? absent
  let scripts: ReadonlyMap<ScriptPlan, ScriptPlan> = new Map()
  let changing = Promise.resolve()
  const tally = createTally()

  async function apply(changes: Partial<ScriptingPlan>) {
    const changed = { ...settings, ...changes }
    const movesDefault =
      changed.defaultLocation !== settings.defaultLocation || changed.defaultLanguage !== settings.defaultLanguage
    if (movesDefault && reread !== undefined) {
      const read = await reread(changed)
      if ('faults' in read) throw unreadable(read.faults, changes)
      scripts = read.scripts
    }
    settings = changed
  }

  return {
    settings: () => settings,
    stats: tally.stats,
    change: (changes) => {
      const change = changing.then(() => apply(changes))
      changing = change.catch(() => {})
      return change
    },
    run: async (script, context, call) => {
      const current = scripts.get(script) ?? script
      const why = refusal(current, settings, environment)
      if (why !== undefined) throw new OperationError('script-failed', why)
      const { runScript } = await import('./script.ts')
      const execution = tally.execution()
      try {
        return await runScript(current, context, settings, execution.started, call)
      } catch (error) {
        execution.failed()
        throw error
      } finally {
        execution.ended()
      }
    },
  }
}

function unreadable(faults: readonly string[], changes: Partial<ScriptingPlan>): OperationError {
  const pointer = changes.defaultLocation === undefined ? '/defaultLanguage' : '/defaultLocation'
  const errors = faults.map((message) => ({ pointer, message }))
  return new OperationError('invalid-input', 'scripts that go by the defaults can not be read, so nothing is changed', {
    errors,
  })
}

/** Why a script may not run now. What the capability says of it counts more than the environment. */
function refusal(
  { language }: ScriptPlan,
  { enabled, allowedLanguages }: ScriptingPlan,
  { IKANOS_SCRIPTING }: ScriptingOptions['environment'],
): string | undefined {
  if (enabled === false)
    return 'scripts are switched off by management.scripting.enabled; PUT /scripting {"enabled": true} on the control surface switches them on'
  if (enabled === undefined && IKANOS_SCRIPTING?.toLowerCase() === 'false')
    return 'scripts are switched off by IKANOS_SCRIPTING=false in the environment; unset it, or set management.scripting.enabled to true'
  const allowed = allowedLanguages.map((name) => (name === 'js' ? 'javascript' : name))
  if (allowed.length === 0 || allowed.includes(language)) return undefined
  return `management.scripting.allowedLanguages has no "${language}"`
}

function createTally() {
  let [executions, errors, duration] = [0, 0, 0]
  let last: string | undefined
  return {
    execution: () => {
      let from: number | undefined
      return {
        started: () => {
          from = performance.now()
          last = new Date().toISOString()
          executions += 1
        },
        failed: () => {
          if (from !== undefined) errors += 1
        },
        ended: () => {
          if (from !== undefined) duration += performance.now() - from
        },
      }
    },
    stats: (): ScriptingStats => ({
      totalExecutions: executions,
      totalErrors: errors,
      averageDurationMs: executions === 0 ? 0 : Math.round((duration / executions) * 100) / 100,
      ...(last === undefined ? {} : { lastExecutionAt: last }),
    }),
  }
}
