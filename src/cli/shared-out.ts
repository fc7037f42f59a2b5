/** What the command line names once and several capabilities may have: each gets its share of it. */

import { load, type Plan, StartError, toolNames } from '../index.ts'
import { noSuch } from '../text/suggest.ts'
import type { optionsOf } from './flags.ts'

/** What is named of all that is served. */
export interface Named {
  readonly ports: Readonly<Record<string, number>>
  /** Absent = all. */
  readonly tools?: readonly string[]
}

/**
 * By file, which of the ports and the tools are its own. What is named of one file alone is its own, known or not. Throws
 * StartError for a name that no file has.
 */
export async function sharedOut(
  files: readonly string[],
  named: Named,
  options: ReturnType<typeof optionsOf>,
): Promise<ReadonlyMap<string, Named>> {
  if (files.length === 1) return new Map(files.map((file) => [file, named]))
  const plans = new Map<string, Plan>()
  for (const file of files) plans.set(file, (await load(file, options)).plan)
  checkNamed(named, [...plans.values()])
  return new Map([...plans].map(([file, plan]) => [file, shareOf(named, plan)]))
}

const surfaceNames = ({ surfaces }: Plan) => surfaces.map(({ namespace }) => namespace)

function checkNamed({ ports, tools = [] }: Named, plans: readonly Plan[]) {
  const [surfaces, known] = [plans.flatMap(surfaceNames), plans.flatMap(toolNames)]
  const stranger = Object.keys(ports).find((name) => !surfaces.includes(name))
  if (stranger !== undefined) throw new StartError(`no capability has a surface "${stranger}" to give a port`)
  for (const name of tools) if (!known.includes(name)) throw new StartError(noSuch('tool', name, known))
}

function shareOf({ ports, tools }: Named, plan: Plan): Named {
  const own = Object.entries(ports).filter(([name]) => surfaceNames(plan).includes(name))
  const known = toolNames(plan)
  return {
    ports: Object.fromEntries(own),
    ...(tools === undefined ? {} : { tools: tools.filter((name) => known.includes(name)) }),
  }
}
