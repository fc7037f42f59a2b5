/**
 * `npm run bench -- tools`: whether what a call and a page of a list cost depends on how many tools there are. A page holds
 * a hundred at most, so pages are compared with that of a hundred tools.
 */

import { createLoad, mcpCall, mcpPage, openSession, pagesAt } from './load.mjs'
import { columns, interleaved, note, times, verdictLines, warm } from './measure.mjs'
import { startTarget } from './processes.mjs'

const counts = [10, 100, 1000]
const connections = 16
const warmCalls = 2000
const most = 1.25

/** What is asked, and the count of tools that it is held against. */
const kinds = [
  { name: 'call, 2026-07-28', of: 'call', session: false, base: 10 },
  { name: 'call, 2025 session', of: 'call', session: true, base: 10 },
  { name: 'page of tools/list, 2026-07-28', of: 'page', session: false, base: 100 },
  { name: 'page of tools/list, 2025 session', of: 'page', session: true, base: 100 },
]

/** Measures and prints. */
export async function benchTools({ rounds, windowMs, machine, asJson }) {
  const upstream = await startTarget('upstream.mjs', [], { tested: false })
  const targets = []
  for (const count of counts) {
    note(`loading ${count} tools`)
    targets.push({ count, ...(await startTarget('many-tools.mjs', [String(count), upstream.url], { tested: true })) })
  }
  const all = []
  for (const target of targets) all.push(...(await seriesOf(target)))
  for (const series of all) {
    note(`warming ${series.name}, ${series.count} tools`)
    await warm(series, windowMs, warmCalls)
  }
  const told = (round) => note(`round ${round} of ${rounds}`)
  const figures = await interleaved(all, { rounds, windowMs }, told)
  for (const { load } of all) await load.close()
  for (const target of [...targets, upstream]) target.stop()
  note('')
  const rows = rowsOf(all, figures)
  const starts = targets.map(({ count, loadMs, serveMs, rssMb }) => ({ count, loadMs, serveMs, rssMb }))
  const result = { machine, rounds, windowMs, connections, rows, starts, bars: barsOf(rows) }
  process.stdout.write(asJson ? `${JSON.stringify(result, null, 2)}\n` : text(result))
}

/** A load for each kind of request, over tools and pages in turn. */
async function seriesOf({ url, cpu, count }) {
  const pages = await pagesAt(url)
  const session = await openSession(url)
  return kinds.map((kind) => {
    let turn = 0
    const own = kind.session ? session : undefined
    const make = () => {
      turn += 1
      return kind.of === 'call'
        ? mcpCall(`submit-${(turn % count) + 1}`, own)
        : mcpPage(pages[turn % pages.length], own)
    }
    return { ...kind, count, cpu, load: createLoad(url, make, connections) }
  })
}

function rowsOf(all, figures) {
  return kinds.flatMap(({ name, base }) => {
    const own = all.flatMap((series, i) => (series.name === name ? [{ count: series.count, ...figures[i] }] : []))
    const { cpuUs } = own.find(({ count }) => count === base)
    return own.map((row) => ({ name, base, ...row, ratio: row.cpuUs / cpuUs }))
  })
}

function barsOf(rows) {
  const largest = rows.filter(({ count }) => count === counts.at(-1))
  return largest.map(({ name, base, count, ratio }) => ({
    name: `${name}, CPU with ${count} tools against ${base}`,
    most,
    ratio,
    pass: ratio <= most,
  }))
}

function text({ machine, rows, starts, bars }) {
  const head = ['request', 'tools', 'requests/s', 'CPU µs', 'to', 'CPU']
  const cells = rows.map(({ name, count, rps, cpuUs, base, ratio }) => [
    ...[name, String(count), rps.toFixed(0), cpuUs.toFixed(1)],
    ...[`${base} tools`, times(ratio)],
  ])
  const start = ({ count, loadMs, serveMs, rssMb }) =>
    `${count} tools: CPU ${loadMs.toFixed(0)} ms to load, ${serveMs.toFixed(0)} ms to load again and serve; ${rssMb.toFixed(0)} MiB`
  return [machine, '', ...columns(head, cells, [0]), '', ...starts.map(start), '', ...verdictLines(bars), ''].join('\n')
}
