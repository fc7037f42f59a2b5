import { assumptions } from './assumptions.ts'
import { parseBody } from './body.ts'
import type { ExportRow } from './exports.ts'
import { readFaults } from './fault-input.ts'
import { readFaultSpec } from './fault-spec.ts'
import { faultSpecText } from './fault-text.ts'
import type { SandboxFaults } from './faults.ts'
import type { Journal } from './journal.ts'
import { failedValidations, isApproved, isRejected } from './lifecycle.ts'
import { Refusal } from './refusal.ts'
import type { ModelState, World } from './state.ts'

/** What the control endpoint can see and switch. */
export interface Controls {
  readonly world: () => World
  readonly faults: SandboxFaults
  readonly journal: Journal
  readonly examples: Readonly<Record<string, unknown>>
  readonly reset: () => void
}

/** Where the control endpoint lives, on the port of the service. */
export const controlPath = '/__sandbox'

function summary({ model, files }: ModelState) {
  const all = [...files.values()]
  const count = (is: (file: (typeof all)[number]) => boolean) => all.filter(is).length
  return {
    model_id: model.model_id,
    name: model.name,
    files: all.length,
    pages: all.reduce((sum, file) => sum + file.pages.length, 0),
    approved: count(isApproved),
    rejected: count(isRejected),
    failed_validations: count((file) => failedValidations(file).length > 0),
    failed_exports: count((file) => file.pages[0]?.export_status === 'failed'),
  }
}

/** The rows at one destination, or at all of them. */
export function exportRowsOf(world: World, destination?: string | null): readonly ExportRow[] {
  const rows = [...world.desk.rows.values()].flat()
  return destination ? rows.filter((row) => row.destination === destination) : rows
}

function state({ world, faults, journal, examples }: Controls) {
  const { today, models, writes } = world()
  return {
    today,
    models: [...models.values()].map(summary),
    writes,
    requests: journal.entries().at(-1)?.sequence ?? 0,
    faults,
    examples,
  }
}

/** Answers JSON, or a text as it is. */
type Control = (controls: Controls, query: string, text: string) => unknown

const table: Readonly<Record<string, Readonly<Record<string, Control>>>> = {
  '/': { GET: state },
  '/faults': {
    GET: ({ faults }) => faults,
    PUT: ({ faults }, _query, text) => Object.assign(faults, readFaults(parseBody(text))),
  },
  '/faults.txt': {
    GET: ({ faults }) => faultSpecText(faults),
    PUT: ({ faults }, _query, text) => faultSpecText(Object.assign(faults, readFaultSpec(text))),
  },
  '/reset': {
    POST: (controls) => {
      controls.reset()
      return state(controls)
    },
  },
  '/journal': {
    GET: ({ journal }, query) => {
      const after = Number(new URLSearchParams(query).get('after') ?? 0)
      return journal.entries().filter(({ sequence }) => sequence > after)
    },
  },
  '/exports': { GET: ({ world }, query) => exportRowsOf(world(), new URLSearchParams(query).get('destination')) },
  '/assumptions': { GET: () => assumptions },
}

/** Finds what a request to the control endpoint asks for, or refuses it. */
export function controlFor(method: string, path: string): Control {
  const place = path.slice(controlPath.length) || '/'
  const verbs = table[place]
  if (verbs === undefined) {
    throw new Refusal(404, 'Unknown path', `The control endpoint has ${Object.keys(table).join(' ')}`)
  }
  const control = verbs[method]
  if (control === undefined) {
    const allow = Object.keys(verbs).join(', ')
    throw new Refusal(405, 'Method not allowed', `${place} takes ${allow}`, { allow })
  }
  return control
}
