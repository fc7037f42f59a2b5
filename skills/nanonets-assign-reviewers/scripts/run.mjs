// Runs a plan that somebody agreed to. A dry run without --confirm. Generated: change the capability, not this file.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import * as shared from './calls.mjs'

const { baseUrl, calls, counts, differences, examine, exits, look, lookOf, pause, Stop } = shared

const help = `node scripts/run.mjs <plan.json> [--confirm <planDigest>] [--max <n>] [--journal <file>] [--url <address>]

Without --confirm: what check.mjs does. With the planDigest that check.mjs printed, and the user agreed to: makes the calls
one after the other, each once. Nothing is sent when the plan or what is there is no longer what was agreed to.

  --max <n>          most calls of this run (default 20); run it again for the rest
  --journal <file>   what was done (default: <plan.json>.journal.jsonl). Run again with it, what is done is skipped
  --settle <seconds> how long to wait until what was written shows (default 14)

Where a call waits for a person, it is reported as pending with its id: once it is released ("capability approvals", or the
inbox of the control surface), run the same command again.`

const flags = {
  confirm: 'a planDigest',
  max: 'a number',
  journal: 'a file',
  url: 'an address',
  settle: 'a number of seconds',
}

/** Failures in a row after which the rest is left alone. */
const tolerated = 3

await shared.main(help, async (words) => {
  const { words: paths, flags: given } = shared.readWords(words, flags)
  if (paths.length !== 1 || paths[0] === '-') throw new Stop(exits.usage, 'one plan in a file is needed; see --help')
  const numbers = [given.max ?? 20, given.settle ?? 14].map(Number)
  if (!numbers.every((n) => Number.isInteger(n) && n >= 0)) throw new Stop(exits.usage, 'a whole number is needed')
  const { plan, problems } = shared.readPlan(paths[0])
  if (problems.length > 0) return { ok: false, problems, exit: exits.invalid }
  const base = baseUrl(given.url)
  if (given.confirm === undefined) return rehearsed(base, plan)
  const journal = openJournal(given.journal ?? `${paths[0]}.journal.jsonl`)
  await agreed(base, plan, journal, given.confirm)
  return run(base, plan, journal, { most: numbers[0], settle: numbers[1] })
})

async function rehearsed(base, plan) {
  const { problems, planDigest } = await examine(base, plan)
  return {
    ok: problems.length === 0,
    dryRun: true,
    planDigest,
    counts: counts(plan),
    problems,
    exit: shared.exitOf(problems),
  }
}

/** Lines of JSON: first what was agreed to, then what became of each action. */
function openJournal(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n')
  const lines = text.split('\n').flatMap(lineOf)
  const states = new Map(lines.flatMap((line) => (line.id === undefined ? [] : [[line.id, line]])))
  const write = (line) => appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`)
  return {
    file,
    head: lines.find(({ planDigest }) => planDigest !== undefined),
    states,
    write,
    note: (line) => {
      states.set(line.id, line)
      write(line)
    },
  }
}

/** A line that a crash cut off tells nothing: its action was begun, as the line before says. */
function lineOf(line) {
  try {
    return [JSON.parse(line)]
  } catch {
    return []
  }
}

/** Throws Stop unless it is this plan, over what is there now, that somebody agreed to. */
async function agreed(base, plan, journal, digest) {
  if (journal.head !== undefined) {
    const isSame = journal.head.planDigest === digest && shared.digestOf([plan, journal.head.seen]) === digest
    if (!isSame)
      throw new Stop(exits.changed, `${journal.file} is of another plan: check this one anew, with a new journal`)
    return
  }
  const { planDigest, problems, seen, tags } = await examine(base, plan)
  if (planDigest !== digest)
    throw new Stop(exits.changed, 'the plan, or what is there, is not what was agreed to: run check.mjs and ask again')
  if (problems.length > 0) throw new Stop(shared.exitOf(problems), 'the plan has problems: run check.mjs')
  journal.head = { planDigest, seen, tags }
  journal.write(journal.head)
}

async function run(base, plan, journal, { most, settle }) {
  let [sent, failures, stopped] = [0, 0, undefined]
  for (const action of plan.actions) {
    if (isOver(action, journal.states.get(action.id))) continue
    if (sent === most || failures === tolerated) break
    sent++
    try {
      const result = await attempt(base, action, journal, settle)
      journal.note({ id: action.id, ...result })
      failures = ['failed', 'changed', 'unknown'].includes(result.state) ? failures + 1 : 0
    } catch (error) {
      if (!(error instanceof Stop)) throw error
      stopped = error
      break
    }
  }
  return report(plan, journal, stopped)
}

/** What is done stays done; of what may have been done twice is worse than once, only what can be repeated is. */
function isOver({ tool }, known) {
  const state = known?.state
  if (['done', 'skipped', 'refused'].includes(state)) return true
  return ['started', 'unknown'].includes(state) && calls[tool].repeatable !== true
}

async function attempt(base, action, journal, settle) {
  const { id, tool, arguments: given } = action
  const { seen, tags, planDigest } = journal.head
  const begun = ['started', 'unknown'].includes(journal.states.get(id)?.state)
  if (lookOf(action) !== undefined && !begun) {
    const found = await look(base, action)
    if (found.state !== seen[id]) return { state: 'changed', detail: 'is no longer what was agreed to' }
  }
  journal.note({ id, state: 'started' })
  const headers = { 'idempotency-key': `${planDigest.slice(0, 32)}-${id}` }
  // What an earlier run may have changed is not what was seen, though nobody else touched it.
  if (calls[tool].look !== undefined && action.look === undefined && !begun) headers['if-match'] = tags[id]
  const made = shared.sendInTurn(base, shared.requestOf(tool, given), headers).then(resultOf)
  const result = await made.catch((error) => {
    if (error instanceof Stop) journal.note({ id, state: error.mayHaveRun ? 'unknown' : 'waiting' })
    throw error
  })
  return result.state === 'done' && action.after !== undefined ? verified(base, action, settle) : result
}

function resultOf({ status, json }) {
  const detail = json?.detail
  if (status === 202 && json?.status === 'pending')
    return { state: 'pending', approval: json.approval, expires_at: json.expires_at }
  if (status < 300) return json?.nothing_sent === true ? { state: 'skipped', detail: json.reason } : { state: 'done' }
  const type = String(json?.type).split(':').at(-1)
  if (type === 'declined') return { state: 'refused', detail }
  if (type === 'changed') return { state: 'changed', detail }
  if (status === 403) throw new Stop(exits.connection, detail ?? 'this caller may not do that')
  const unknown = ['outcome-unknown', 'upstream-timeout', 'upstream-unreachable', 'upstream-unreadable'].includes(type)
  return { state: unknown ? 'unknown' : 'failed', status, detail }
}

/** Reads back what was written, and looks again after a while where it does not show yet. */
async function verified(base, action, settle) {
  let waited = 0
  for (let wait = 2; ; wait *= 2) {
    const found = await look(base, action)
    const wrong = action.after === 'gone' ? found.state !== 'gone' : differences(action.after, found.value).length > 0
    if (!wrong) return { state: 'done', verified: true }
    if (waited + wait > settle) return { state: 'done', verified: false, detail: 'was accepted, but does not show' }
    await pause(wait * 1000)
    waited += wait
  }
}

function report(plan, journal, stopped) {
  const results = plan.actions.map(({ id }) => ({ state: 'open', ...journal.states.get(id), id, at: undefined }))
  const by = {}
  for (const { state } of results) by[state] = (by[state] ?? 0) + 1
  const told = results.filter(({ state, verified }) => state !== 'done' || verified === false)
  const exit = stopped?.exit ?? exitOfResults(by, told)
  return {
    ok: exit === exits.ok,
    counts: by,
    ...(stopped === undefined ? {} : { stopped: stopped.message }),
    results: told,
    journal: journal.file,
    exit,
  }
}

function exitOfResults(by, told) {
  if (by.changed > 0) return exits.changed
  if (by.failed > 0 || by.unknown > 0 || by.started > 0 || by.refused > 0) return exits.partial
  if (by.pending > 0) return exits.pending
  return by.open > 0 || told.some(({ verified }) => verified === false) ? exits.partial : exits.ok
}
