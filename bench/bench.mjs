/**
 * `npm run bench`: what a call through this program costs beside the same job written by hand, and how long it takes to
 * start. Everything is measured in one run, interleaved, because only ratios travel between machines.
 *
 * A call's cost is CPU time of the process under test (`process.cpuUsage`, asked beside the traffic) over the calls it
 * answered, which other work on the machine disturbs far less than time. Windows run A B C D E … E D C B A.
 */

import { parseArgs } from 'node:util'
import { measureColdStart } from './cold.mjs'
import { createLoad, mcpCall, restCall, upstreamCall } from './load.mjs'
import { columns, interleaved, median, note, times, verdictLines, warm } from './measure.mjs'
import { pinned, startTarget } from './processes.mjs'
import { benchTools } from './tools.mjs'
import { benchValidate } from './validate.mjs'

const usage = `npm run bench -- [options]            calls and cold start
npm run bench -- tools [options]      calls and pages of lists over MCP, of few tools and of many
npm run bench -- validate [folder…]  files validated a second: those of the folders, or the repository's own
  --json           print the figures as JSON
  --rounds <n>     rounds of windows, at least 5 (default 5)
  --seconds <s>    length of a window (default 0.7)
  --profile <dir>  write CPU profiles of the processes under test there; the figures then mean little
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.7' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const rounds = Math.trunc(Number(values.rounds))
const windowMs = 1000 * Number(values.seconds)
const [what = 'calls', ...folders] = positionals
if (values.help || !(rounds >= 5) || !(windowMs > 0) || !['calls', 'tools', 'validate'].includes(what)) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}
if (what === 'validate') {
  await benchValidate(folders, values.json)
  process.exit()
}
const machine = `Node ${process.versions.node}, ${rounds} rounds of ${windowMs} ms windows, ${
  pinned ? 'process under test alone on core 1' : 'NOT pinned (no taskset, or one core): expect noise'
}`
if (what === 'tools') {
  await benchTools({ rounds, windowMs, machine, asJson: values.json })
  process.exit()
}
const connectionCounts = [16, 64]
const coldRounds = 7

const bars = [
  { name: 'REST, CPU per call against the bare proxy', of: 'rest', against: 'bare proxy', most: 1.25 },
  {
    name: 'REST with credential, traces and metrics, CPU per call against the bare proxy',
    of: 'rest, operated',
    against: 'bare proxy',
    most: 1.25,
  },
  { name: 'MCP tools/call, CPU per call against bare JSON-RPC', of: 'mcp', against: 'bare json-rpc', most: 2 },
]
const coldBar = { name: 'cold start against an app without dependencies', most: 3 }

const kinds = [
  { name: 'upstream', file: 'upstream.mjs', args: () => [], call: upstreamCall },
  { name: 'bare proxy', file: 'bare-rest.mjs', args: (upstream) => [upstream], call: restCall },
  {
    name: 'rest',
    file: 'capability.mjs',
    args: (upstream) => ['rest', upstream],
    call: restCall,
    against: 'bare proxy',
  },
  {
    name: 'rest, operated',
    file: 'capability.mjs',
    args: (upstream) => ['observed', upstream],
    call: restCall,
    against: 'bare proxy',
  },
  { name: 'bare json-rpc', file: 'bare-mcp.mjs', args: (upstream) => [upstream], call: mcpCall },
  {
    name: 'mcp',
    file: 'capability.mjs',
    args: (upstream) => ['mcp', upstream],
    call: mcpCall,
    against: 'bare json-rpc',
  },
]

/** The targets at one number of connections. */
const seriesOf = (targets, connections) => targets.map(({ cpu, loads }) => ({ cpu, load: loads.get(connections) }))

async function measureAll(targets) {
  const figures = new Map()
  for (const connections of connectionCounts) {
    const told = (round) => note(`${connections} connections, round ${round} of ${rounds}`)
    figures.set(connections, await interleaved(seriesOf(targets, connections), { rounds, windowMs }, told))
  }
  return figures
}

function rowsOf(measured) {
  const figures = (i, connections) => measured.get(connections)[i]
  return connectionCounts.flatMap((connections) =>
    kinds.map(({ name, against }, i) => {
      const own = figures(i, connections)
      const to = (other) => {
        const { cpuUs, rps } = figures(
          kinds.findIndex((kind) => kind.name === other),
          connections,
        )
        return { name: other, cpu: own.cpuUs / cpuUs, rps: own.rps / rps }
      }
      return {
        connections,
        name,
        ...own,
        ...(against === undefined ? {} : { toBare: to(against) }),
        ...(name === 'upstream' ? {} : { toUpstream: to('upstream') }),
      }
    }),
  )
}

function verdicts(rows, cold) {
  const calls = bars.flatMap(({ name, of, most }) =>
    rows
      .filter((row) => row.name === of)
      .map(({ connections, toBare }) => ({ name: `${name}, ${connections} connections`, most, ratio: toBare.cpu })),
  )
  return [...calls, { name: coldBar.name, most: coldBar.most, ratio: cold.shipped.ratio }].map((bar) => ({
    ...bar,
    pass: bar.ratio <= bar.most,
  }))
}

function coldOf(measured) {
  const [bare, shipped, yaml] = measured.map((seen) => ({
    ms: median(seen.map((s) => s.ms)),
    idleMb: median(seen.map((s) => s.rssMb)),
  }))
  const against = (own) => ({ ...own, ratio: own.ms / bare.ms, memoryRatio: own.idleMb / bare.idleMb })
  return { bare, shipped: against(shipped), yaml: against(yaml) }
}

function table({ machine, rows, cold, bars }) {
  const head = [
    'connections',
    'target',
    'requests/s',
    'CPU µs/call',
    'to',
    'CPU',
    'requests/s',
    'to upstream: CPU',
    'requests/s',
  ]
  const cells = rows.map(({ connections, name, rps, cpuUs, toBare, toUpstream }) => [
    ...[String(connections), name, rps.toFixed(0), cpuUs.toFixed(1)],
    ...[toBare?.name ?? '', times(toBare?.cpu), times(toBare?.rps), times(toUpstream?.cpu), times(toUpstream?.rps)],
  ])
  const start = ({ ms, idleMb }) => `${ms.toFixed(0)} ms, ${idleMb.toFixed(0)} MiB idle`
  const against = (own) => `${start(own)}: ${times(own.ratio)} the time, ${times(own.memoryRatio)} the memory`
  return [
    machine,
    '',
    ...columns(head, cells, [1, 4]),
    '',
    `cold start: app without dependencies   ${start(cold.bare)}`,
    `            shipped capability, prepared   ${against(cold.shipped)}`,
    `            the same from YAML             ${against(cold.yaml)}`,
    '',
    ...verdictLines(bars),
    '',
  ].join('\n')
}

async function startAll(upstream) {
  const flags = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`]
  const targets = []
  for (const { file, args, call } of kinds) {
    const target = await startTarget(file, args(upstream.url), { tested: true, flags })
    const loads = connectionCounts.map((connections) => [connections, createLoad(target.url, call, connections)])
    targets.push({ ...target, loads: new Map(loads) })
  }
  return targets
}

const upstream = await startTarget('upstream.mjs', [], { tested: false })
const targets = await startAll(upstream)
for (const [i, target] of targets.entries())
  for (const connections of connectionCounts) {
    note(`warming ${kinds[i].name} at ${connections} connections`)
    await warm({ cpu: target.cpu, load: target.loads.get(connections) }, windowMs)
  }
const measured = await measureAll(targets)
for (const target of targets) {
  await Promise.all([...target.loads.values()].map((load) => load.close()))
  target.stop()
}
note('cold start')
const cold = coldOf(await measureColdStart(upstream.url, coldRounds))
upstream.stop()
note('')

const rows = rowsOf(measured)
const result = { machine, pinned, rounds, windowMs, rows, cold, bars: verdicts(rows, cold) }
process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : table(result))
