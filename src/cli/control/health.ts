/** `capability health` and `capability status`: whether it runs, and what it is. */

import type { Control } from './client.ts'
import { listOf, objectOf, said } from './json.ts'
import { aligned, type Cell, type Paint, stateOf } from './layout.ts'
import type { Told } from './told.ts'

/** Hoped for: ready. */
export async function health(control: Control): Promise<Told> {
  const live = await control.ask('/health/live')
  const ready = await control.ask('/health/ready', { also: [503] })
  const { status, adapters } = objectOf(ready.json)
  const surfaces = listOf(adapters)
  const started = surfaces.filter(({ state }) => state === 'started').length
  const ok = ready.status === 200 && status === 'UP'
  return {
    json: `{"live":${jsonOf(live.json)},"ready":${jsonOf(ready.json)}}`,
    ok,
    lines: (paint) => [
      ...aligned(
        [
          ['live', stateOf(said(objectOf(live.json).status))],
          ['ready', stateOf(said(status)), `${started} of ${surfaces.length} surfaces listen`],
        ],
        paint,
      ),
      ...(ok ? [] : aligned(surfaces.map(surfaceRow), paint, '  ')),
    ],
  }
}

const jsonOf = (value: unknown) => JSON.stringify(value ?? null)

export async function status(control: Control): Promise<Told> {
  const { text, json } = await control.ask('/status')
  const { capability, engine, uptime, otel, adapters, upstreams } = objectOf(json)
  const { display, specVersion } = objectOf(capability)
  const { version, node, java } = objectOf(engine)
  const runsOn = node === undefined ? java && `Java ${said(java)}` : `Node ${said(node)}`
  const surfaces = listOf(adapters)
  const isUp = surfaces.every(({ state }) => state === 'started')
  const facts: readonly (readonly Cell[])[] = [
    ['state', stateOf(isUp ? 'UP' : 'DEGRADED')],
    ['format', said(specVersion)],
    ['engine', [said(version), runsOn].filter(Boolean).join(' on ')],
    ['uptime', uptimeOf(said(uptime))],
    ['telemetry', stateOf(said(objectOf(otel).status))],
  ]
  return {
    json: text,
    lines: (paint) => [
      paint('strong', said(display) || 'a capability without a name'),
      ...aligned(facts, paint, '  '),
      '',
      ...aligned(surfaces.map(surfaceRow), paint, '  '),
      ...consumedRows(listOf(upstreams), paint),
    ],
  }
}

/** What other engines do not tell has no lines. */
function consumedRows(upstreams: readonly Readonly<Record<string, unknown>>[], paint: Paint): readonly string[] {
  if (upstreams.length === 0) return []
  const rows = upstreams.map(({ namespace, circuit, underWay, repeats }) => {
    const counts = [`${said(underWay)} under way`, `${said(repeats)} sent again`]
    return ['upstream', said(namespace), stateOf(said(circuit)), counts.join(', ')]
  })
  return ['', ...aligned(rows, paint, '  ')]
}

function surfaceRow({ type, namespace, port, state }: Readonly<Record<string, unknown>>): readonly Cell[] {
  return [said(type), said(namespace), said(port), stateOf(said(state))]
}

/** ISO 8601 (`PT3723.5S`, `P1DT2H3M`) as `1h 2m 3s`; the text itself when it is none. */
function uptimeOf(text: string): string {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text)
  if (match === null) return text
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0))
  const all = Math.floor(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
  const parts = [`${Math.floor(all / 3600)}h`, `${Math.floor(all / 60) % 60}m`, `${all % 60}s`]
  const first = parts.findIndex((part) => !part.startsWith('0'))
  return parts.slice(first < 0 ? 2 : first).join(' ')
}
