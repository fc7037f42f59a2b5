/** `capability metrics`: counts and durations, one line a series (Prometheus text format 0.0.4). */

import { type Control, ControlError } from './client.ts'
import { plain } from './json.ts'
import { aligned, type Cell, duration, type Paint } from './layout.ts'
import type { Told } from './told.ts'

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

interface Family {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly Sample[]
}

export interface MetricsFlags {
  /** Looked for in the name and labels of a series. */
  readonly filter?: RegExp
}

export async function metrics(control: Control, { filter }: MetricsFlags): Promise<Told> {
  const { text } = await control.ask('/metrics')
  if (!/^(?:#|[a-z_])/i.test(text) && text.trim() !== '')
    throw new ControlError(`what ${control.url} answers at /metrics is not in the text format of Prometheus`)
  const families = familiesOf(text)
    .map((family) => ({ ...family, samples: family.samples.filter((sample) => fits(sample, filter)) }))
    .filter(({ samples }) => samples.length > 0)
  const nothing = filter === undefined ? 'nothing has been counted yet' : 'no series fits the filter'
  return {
    json: JSON.stringify(families),
    lines: (paint) => (families.length === 0 ? [nothing] : families.flatMap((family) => familyLines(family, paint))),
  }
}

function fits({ name, labels }: Sample, filter: RegExp | undefined): boolean {
  return filter === undefined || filter.test(`${name}{${labelText(labels, ',')}}`)
}

const metricLine = /^([\w:]+)(?:\{(.*)\})? (\S+)/
const label = /([\w.]+)="((?:[^"\\]|\\.)*)"/g

function familiesOf(text: string): readonly Family[] {
  const families = new Map<string, { name: string; type: string; help: string; samples: Sample[] }>()
  const family = (name: string) => {
    const known = families.get(name) ?? { name, type: 'untyped', help: '', samples: [] }
    families.set(name, known)
    return known
  }
  for (const line of text.split('\n')) {
    const [, kind, of = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? []
    if (kind === 'HELP') family(of).help = rest
    if (kind === 'TYPE') family(of).type = rest
    const [, name, labels = '', value] = metricLine.exec(line) ?? []
    if (name === undefined || value === undefined || line.startsWith('#')) continue
    const histogram = name.replace(/_(bucket|sum|count)$/, '')
    const owner = families.has(histogram) ? histogram : name
    family(owner).samples.push({ name, labels: labelsOf(labels), value: numberOf(value) })
  }
  return [...families.values()]
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(label)].map(([, name = '', value = '']) => [name, unescaped(value)])
  return Object.fromEntries(pairs)
}

const unescaped = (text: string) => text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))
const numberOf = (text: string) => (/Inf$/.test(text) ? Number(text.replace('Inf', 'Infinity')) : Number(text))

function labelText(labels: Readonly<Record<string, string>>, between: string): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${plain(value)}"`)
    .join(between)
}

function familyLines({ name, type, help, samples }: Family, paint: Paint): readonly string[] {
  const rows = type === 'histogram' ? histogramRows(name, samples) : samples.map(seriesRow)
  return [`${paint('strong', name)}  ${paint('faint', plain(help))}`, ...aligned(rows, paint, '  ')]
}

function seriesRow({ labels, value }: Sample): readonly Cell[] {
  return [labelText(labels, ' '), String(value)]
}

/** How many and how long on average; the buckets are for who draws them. */
function histogramRows(name: string, samples: readonly Sample[]): readonly (readonly Cell[])[] {
  const count = samples.filter((sample) => sample.name === `${name}_count`)
  return count.map(({ labels, value }) => {
    const same = (sample: Sample) => labelText(sample.labels, ' ') === labelText(labels, ' ')
    const sum = samples.find((sample) => sample.name === `${name}_sum` && same(sample))?.value ?? 0
    const mean = value === 0 ? 0 : sum / value
    return [labelText(labels, ' '), String(value), `mean ${name.endsWith('_seconds') ? duration(mean * 1000) : mean}`]
  })
}
