/** Windows of traffic and what they cost: CPU time of the process under test over the calls that it answered. */

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** One window of a series, a `load` and the `cpu` of who answers it: requests per second and CPU microseconds a call. */
async function measure({ load, cpu }, over) {
  const before = await cpu()
  const { calls, ms } = await load.run(over)
  return { rps: (calls / ms) * 1000, cpuUs: ((await cpu()) - before) / calls }
}

/** So many calls, then until three windows in a row differ by less than 5 %, or twelve windows. */
export async function warm(series, windowMs, least = 10_000) {
  await measure(series, (calls) => calls >= least)
  const seen = []
  const isStable = () => {
    const last = seen.slice(-3)
    return last.length === 3 && Math.max(...last) < 1.05 * Math.min(...last)
  }
  while (!isStable() && seen.length < 12) seen.push((await measure(series, (_, ms) => ms >= windowMs / 2)).cpuUs)
}

/** Windows of all series in turn, A B C … C B A a round; the medians of each. `told` hears of every round. */
export async function interleaved(all, { rounds, windowMs }, told) {
  const windows = all.map(() => [])
  const order = [...all.keys(), ...[...all.keys()].reverse()]
  for (let round = 1; round <= rounds; round++) {
    told(round)
    for (const i of order) windows[i].push(await measure(all[i], (_, ms) => ms >= windowMs))
  }
  return windows.map((seen) => ({ rps: median(seen.map((w) => w.rps)), cpuUs: median(seen.map((w) => w.cpuUs)) }))
}

export const times = (ratio) => (ratio === undefined ? '' : `${ratio.toFixed(2)} ×`)

/** Rows under their heads, as wide as they have to be. `left` = indexes of the columns that are no numbers. */
export function columns(head, rows, left) {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)))
  const padded = (cell, i) => (left.includes(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
  return [head, ...rows].map((row) => row.map(padded).join('  ').trimEnd())
}

/** Bars that were kept and those that were not. */
export function verdictLines(bars) {
  return bars.map((b) => `${b.pass ? 'pass' : 'FAIL'}  ${b.name}: ${times(b.ratio)} (bar ${b.most} ×)`)
}

export const note = (text) => process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`)
