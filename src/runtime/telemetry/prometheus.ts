/** Metrics as Prometheus reads them: the text format, version 0.0.4. */

import { buckets, type Family, type Histogram, type Labels } from './metrics.ts'

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

export function prometheusText(families: readonly Family[]): string {
  return families.flatMap(lines).join('\n').concat('\n')
}

function lines(family: Family): readonly string[] {
  const name = plain(family.name)
  const head = [`# HELP ${name} ${family.help}`, `# TYPE ${name} ${family.type}`]
  if (family.type !== 'histogram')
    return [...head, ...family.series.map(({ labels, value }) => `${name}${braced(labels)} ${value}`)]
  return [...head, ...family.series.flatMap((series) => histogramLines(name, series))]
}

function histogramLines(name: string, { labels, count, sum, counts }: Histogram): readonly string[] {
  let below = 0
  const cumulative = counts.map((own, i) => {
    below += own
    return `${name}_bucket${braced([...labels, ['le', i < buckets.length ? String(buckets[i]) : '+Inf']])} ${below}`
  })
  return [...cumulative, `${name}_sum${braced(labels)} ${sum}`, `${name}_count${braced(labels)} ${count}`]
}

function braced(labels: Labels): string {
  return `{${labels.map(([name, value]) => `${plain(name)}="${escaped(value)}"`).join(',')}}`
}

function plain(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/g, '_')
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
