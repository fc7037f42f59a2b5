/** Where the command line decides: in a directory of this machine, or by way of a control surface. Told alike. */

import { userInfo } from 'node:os'
import { deskOf, type Filed } from '../../index.ts'
import type { Control } from '../control/client.ts'
import { listOf, objectOf, plain, said } from '../control/json.ts'
import { aligned, type Cell, localTime, type Paint } from '../control/layout.ts'
import type { Told } from '../control/told.ts'

type Verb = 'approve' | 'deny'

export interface Decisions {
  readonly list: (all: boolean) => Promise<Told>
  readonly show: (id: string) => Promise<Told>
  readonly decide: (id: string, verb: Verb, reason: string | undefined) => Promise<Told>
}

/** Those below a state directory, decided by the user of this machine. */
export function ofDirectory(directory: string): Decisions {
  const desk = deskOf(directory)
  const by = userInfo().username
  return {
    list: async (all) => listed(await desk.list(), all),
    show: async (id) => shown(await desk.find(id)),
    decide: async (id, verb, reason) => {
      const verdict = verb === 'approve' ? 'approved' : 'denied'
      return done(await desk.decide(id, { verdict, by, ...(reason === undefined ? {} : { reason }) }))
    },
  }
}

/** Those of a capability that runs, decided by whoever the credential is of. */
export function ofControl(control: Control): Decisions {
  const at = (id: string) => `/approvals/${encodeURIComponent(id)}`
  return {
    list: async (all) => listed(listOf(objectOf((await control.ask('/approvals')).json).approvals), all),
    show: async (id) => shown(objectOf((await control.ask(at(id))).json)),
    decide: async (id, verb, reason) => {
      const { json } = await control.ask(`${at(id)}/${verb}`, { method: 'POST', body: { reason } })
      return done(objectOf(json))
    },
  }
}

/** One from anywhere: what is not there is told as nothing. */
type Known = Partial<Record<keyof Filed, unknown>>

function listed(approvals: readonly Known[], all: boolean): Told {
  const some = approvals.filter(({ state }) => all || state === 'pending')
  return {
    json: JSON.stringify(some),
    lines: (paint) => (some.length === 0 ? ['nothing waits'] : aligned(some.map(rowOf), paint)),
  }
}

function rowOf({ id, state, operation, question, expires_at, capability }: Known): readonly Cell[] {
  const [what = ''] = String(question).split('\n')
  const until = state === 'pending' ? `until ${localTime(said(expires_at)).slice(0, 16)}` : said(state)
  return [['strong', said(id)], until, said(operation), plain(what), ['faint', said(capability)]]
}

function shown(approval: Known): Told {
  return { json: JSON.stringify(approval), lines: (paint) => linesOf(approval, paint) }
}

function linesOf(approval: Known, paint: Paint): readonly string[] {
  const { decision, question } = approval
  const { by, at, reason } = objectOf(decision)
  const rows: readonly (readonly Cell[])[] = [
    ...(['id', 'state', 'operation', 'capability', 'caller', 'surface', 'client'] as const).map((name) => [
      name,
      said(approval[name]),
    ]),
    ['asked', localTime(said(approval.asked_at))],
    ['expires', localTime(said(approval.expires_at))],
    ['decided', by === undefined ? '' : `by ${said(by)}, ${localTime(said(at))}`],
    ['reason', said(reason)],
  ]
  const told = aligned(
    rows.filter(([, value]) => value !== ''),
    paint,
  )
  return [...told, '', ...String(question).split('\n').map(plain)]
}

function done(approval: Known): Told {
  const { id, state, operation } = approval
  const what = state === 'released' ? 'The same call runs once, when it is repeated.' : 'Nothing is sent.'
  return {
    json: JSON.stringify(approval),
    lines: () => [`${said(id)} of ${said(operation)} is ${said(state)}. ${what}`],
  }
}
