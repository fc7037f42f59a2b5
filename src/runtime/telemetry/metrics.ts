/** Counts and durations under the names of the reference engine, so that its dashboards go on (spec-servers §7.4). */

/** Upper bounds of the buckets, in seconds: 1 ms to 30 s, where calls over HTTP lie. */
export const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const

/** Names and values. */
export type Labels = readonly (readonly [string, string])[]

export interface Histogram {
  readonly labels: Labels
  count: number
  /** Seconds. */
  sum: number
  /** How many fell into each bucket alone; the last one has no bound. */
  readonly counts: number[]
}

export interface Counter {
  readonly labels: Labels
  value: number
}

export type Family =
  | { readonly type: 'histogram'; readonly name: string; readonly help: string; readonly series: readonly Histogram[] }
  | {
      readonly type: 'counter' | 'gauge'
      readonly name: string
      readonly help: string
      readonly series: readonly Counter[]
    }

/** Records one thing of one kind. `status` becomes a label: an HTTP status, OK or ERROR. */
export type Meter = (status: string, seconds: number, errorType?: string) => void

export interface Metrics {
  /** Requests of a surface to one operation. */
  readonly requests: (surface: string, operation: string) => Meter
  /** Steps of one type towards one namespace. */
  readonly steps: (type: string, namespace: string) => (seconds: number) => void
  /** Calls to an upstream. Without a status it did not answer. */
  readonly calls: (method: string, address: string) => (status: number | undefined, seconds: number) => void
  /** How things stand with upstreams is asked of `source` from now on, and of none before. */
  readonly observe: (source: () => readonly UpstreamSample[]) => void
  /** As they stand now. */
  readonly families: () => readonly Family[]
}

/** How things stand with one upstream. */
export interface UpstreamSample {
  readonly namespace: string
  readonly circuit: string
  readonly underWay: number
  readonly repeats: number
}

export function createMetrics(capability: string): Metrics {
  const totals: SeriesMap<Counter> = new Map()
  const durations: SeriesMap<Histogram> = new Map()
  const errors: SeriesMap<Counter> = new Map()
  const steps: SeriesMap<Histogram> = new Map()
  const callTotals: SeriesMap<Counter> = new Map()
  const calls: SeriesMap<Histogram> = new Map()
  let upstreams: () => readonly UpstreamSample[] = () => []
  return {
    observe: (source) => {
      upstreams = source
    },
    requests: (surface, operation) => {
      const labels: Labels = [
        ['ikanos.adapter.type', surface],
        ['ikanos.operation.id', operation],
      ]
      const total = counters(totals, labels, 'status')
      const duration = histograms(durations, labels, 'status')
      const failed = counters(errors, labels, 'error.type')
      return (status, seconds, errorType) => {
        total(status).value += 1
        observe(duration(status), seconds)
        if (errorType !== undefined) failed(errorType).value += 1
      }
    },
    steps: (type, namespace) => {
      const duration = histograms(steps, [['ikanos.namespace', namespace]], 'step.type')
      return (seconds) => observe(duration(type), seconds)
    },
    calls: (method, address) => {
      const labels: Labels = [
        ['http.request.method', method],
        ['server.address', address],
      ]
      const total = counters(callTotals, labels, 'http.response.status_code')
      const duration = histograms(calls, labels, 'http.response.status_code')
      const lost = {
        total: counters(callTotals, labels, 'error.type'),
        duration: histograms(calls, labels, 'error.type'),
      }
      return (status, seconds) => {
        const into = status === undefined ? lost : { total, duration }
        const label = status === undefined ? 'transport' : String(status)
        into.total(label).value += 1
        observe(into.duration(label), seconds)
      }
    },
    families: () => [
      counter('ikanos.request.total', 'Requests by surface, operation and status.', totals),
      histogram('ikanos.request.duration.seconds', 'How long requests took.', durations),
      counter('ikanos.request.errors', 'Requests that failed, by the code of the fault.', errors),
      histogram('ikanos.step.duration.seconds', 'How long steps took.', steps),
      counter('ikanos.http.client.total', 'Calls to upstreams.', callTotals),
      histogram('ikanos.http.client.duration.seconds', 'How long upstreams took.', calls),
      ...upstreamFamilies(upstreams()),
      {
        type: 'gauge',
        name: 'ikanos.capability.active',
        help: 'Whether the capability is served.',
        series: [{ labels: [['ikanos.capability', capability]], value: 1 }],
      },
    ],
  }
}

const circuitStates = ['closed', 'half-open', 'open']

/** Names of ours: the reference engine has nothing to tell here. */
function upstreamFamilies(samples: readonly UpstreamSample[]): readonly Family[] {
  const of = (value: (sample: UpstreamSample) => number) =>
    samples.map((sample) => ({ labels: namespaced(sample), value: value(sample) }))
  const circuits = samples.flatMap((sample) =>
    circuitStates.map((state) => ({
      labels: [...namespaced(sample), ['ikanos.circuit.state', state] as const],
      value: Number(sample.circuit === state),
    })),
  )
  const underWay = of((sample) => sample.underWay)
  return [
    { type: 'counter', name: 'ikanos.http.client.repeats', help: 'Calls sent again.', series: of((s) => s.repeats) },
    { type: 'gauge', name: 'ikanos.http.client.active', help: 'Calls under way or waiting.', series: underWay },
    { type: 'gauge', name: 'ikanos.http.client.circuit', help: '1 = its state.', series: circuits },
  ]
}

const namespaced = ({ namespace }: UpstreamSample): Labels => [['ikanos.namespace', namespace]]

function counter(name: string, help: string, series: SeriesMap<Counter>): Family {
  return { type: 'counter', name, help, series: [...series.values()] }
}

function histogram(name: string, help: string, series: SeriesMap<Histogram>): Family {
  return { type: 'histogram', name, help, series: [...series.values()] }
}

/** Series by their labels; who asks again for the same ones gets the same one. */
type SeriesMap<T> = Map<string, T>

/** A series by the value of one more label, made when it first occurs. */
function byLabel<T>(all: SeriesMap<T>, labels: Labels, more: string, create: (labels: Labels) => T) {
  const known = new Map<string, T>()
  return (value: string): T => {
    const found = known.get(value)
    if (found !== undefined) return found
    const own: Labels = [...labels, [more, value]]
    const key = JSON.stringify(own)
    const series = all.get(key) ?? create(own)
    all.set(key, series)
    known.set(value, series)
    return series
  }
}

function counters(all: SeriesMap<Counter>, labels: Labels, more: string) {
  return byLabel(all, labels, more, (own) => ({ labels: own, value: 0 }))
}

function histograms(all: SeriesMap<Histogram>, labels: Labels, more: string) {
  const counts = () => new Array<number>(buckets.length + 1).fill(0)
  return byLabel(all, labels, more, (own) => ({ labels: own, count: 0, sum: 0, counts: counts() }))
}

function observe(into: Histogram, seconds: number) {
  into.count += 1
  into.sum += seconds
  let at = 0
  while (at < buckets.length && seconds > (buckets[at] ?? 0)) at += 1
  into.counts[at] = (into.counts[at] ?? 0) + 1
}
