// Runs a plan that somebody agreed to. A dry run without --confirm. Generated: change the capability, not this file.
import { baseUrl, calls, pause, requestOf, sendInTurn } from './calls.mjs'
import { openJournal } from './journal.mjs'
import { digestOf, examine, exitOf, holds, look, lookOf, readPlan, rehearsal, typeOf } from './plans.mjs'
import { brief, exits, main, readWords, Stop } from './program.mjs'

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

export async function answer(words) {
  const { words: paths, flags: given } = readWords(words, flags)
  if (paths.length !== 1 || paths[0] === '-') throw new Stop(exits.usage, 'one plan in a file is needed; see --help')
  const [most, settle] = [given.max ?? 20, given.settle ?? 14].map(Number)
  if (![most, settle].every((n) => Number.isInteger(n) && n >= 0))
    throw new Stop(exits.usage, 'a whole number is needed')
  const { plan, problems } = readPlan(paths[0])
  if (problems.length > 0) return { ok: false, problems, exit: exits.invalid }
  const base = baseUrl(given.url)
  if (given.confirm === undefined) return { dryRun: true, ...(await rehearsal(base, plan)) }
  const journal = openJournal(given.journal ?? `${paths[0]}.journal.jsonl`)
  try {
    await agreed(base, plan, journal, given.confirm)
    return await run(base, plan, journal, { most, settle })
  } finally {
    journal.close()
  }
}

/** Throws Stop unless it is this plan, over what is there now, that somebody agreed to. */
async function agreed(base, plan, journal, digest) {
  if (journal.head !== undefined) {
    const isSame = journal.head.planDigest === digest && digestOf([plan, journal.head.seen]) === digest
    if (!isSame)
      throw new Stop(exits.changed, `${journal.file} is of another plan: check this one anew, with a new journal`)
    return
  }
  const { planDigest, problems, seen, tags } = await examine(base, plan)
  if (planDigest !== digest)
    throw new Stop(exits.changed, 'the plan, or what is there, is not what was agreed to: run check.mjs and ask again')
  if (problems.length > 0) throw new Stop(exitOf(problems), 'the plan has problems: run check.mjs')
  journal.head = { planDigest, seen, tags }
  journal.write(journal.head)
}

async function run(base, plan, journal, { most, settle }) {
  let [sent, failures, stopped] = [0, 0, undefined]
  for (const action of plan.actions) {
    if (isOver(action, journal.states.get(action.id))) continue
    if (sent === most) break
    if (failures === tolerated) {
      stopped = new Stop(undefined, `${tolerated} in a row failed: the rest is left alone`)
      break
    }
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
  const { id, tool, arguments: given, after } = action
  const { tags, planDigest } = journal.head
  const begun = ['started', 'unknown'].includes(journal.states.get(id)?.state)
  const known = lookOf(action) === undefined ? undefined : await found(base, action, journal.head.seen[id], begun)
  if (known !== undefined) return known
  journal.note({ id, state: 'started' })
  // The same in every run of the plan: a call that was made is answered by what came of it, before If-Match counts.
  const headers = { 'idempotency-key': `${planDigest.slice(0, 32)}-${id}` }
  const ownLook = calls[tool].look !== undefined && action.look === undefined
  if (ownLook && typeof tags[id] === 'string') headers['if-match'] = tags[id]
  const made = sendInTurn(base, requestOf(tool, given), headers).then((got) => resultOf(got, base, begun))
  const result = await made.catch((error) => {
    if (error instanceof Stop) journal.note({ id, state: error.mayHaveRun ? 'unknown' : 'waiting' })
    throw error
  })
  if (result.state !== 'done' || after === undefined) return result
  journal.note({ id, ...result, verified: false, detail: 'was accepted, and not read back' })
  return { ...result, ...(await verified(base, action, settle)) }
}

/** Undefined where the call is to be made: what is there is what was agreed to, or may be what a run before made of it. */
async function found(base, action, seen, begun) {
  const { after } = action
  const there = await look(base, action)
  if (begun && after !== undefined && holds(after, there)) return { state: 'done', verified: true }
  if (there.state === seen || (begun && after === undefined)) return undefined
  return { state: 'changed', detail: 'is no longer what was agreed to' }
}

function resultOf({ status, json, location, isReplayed }, base, begun) {
  const detail = brief(json?.detail)
  if (status === 202 && json?.status === 'pending') {
    const at = location?.startsWith('/') ? { status_url: base + location } : {}
    return { state: 'pending', approval: json.approval, expires_at: json.expires_at, ...at }
  }
  const earlier = isReplayed && !begun ? { earlier: 'A run before has made this call: nothing was sent now.' } : {}
  if (status < 300)
    return json?.nothing_sent === true
      ? { state: 'skipped', detail: brief(json.reason) }
      : { state: 'done', ...earlier }
  const type = typeOf(json)
  if (type === 'declined') return { state: 'refused', detail }
  if (type === 'changed') return { state: 'changed', detail }
  if (status === 403) throw new Stop(exits.connection, detail ?? 'this caller may not do that')
  return { state: isRefusal(status, type, json) ? 'failed' : 'unknown', status, detail, ...earlier }
}

/** Whether an answer says that nothing was done. A fault of a server doesn't, nor does a call that was cut off. */
function isRefusal(status, type, json) {
  if (json?.retryable === true) return true
  return status >= 400 && status < 500 && ![408, 499].includes(status) && type !== 'outcome-unknown'
}

/** Reads back what was written, and looks again after a while where it does not show yet. */
async function verified(base, action, settle) {
  let waited = 0
  for (let wait = 2; ; wait *= 2) {
    if (holds(action.after, await look(base, action))) return { verified: true }
    if (waited + wait > settle) return { verified: false, detail: 'was accepted, but does not show' }
    await pause(wait * 1000)
    waited += wait
  }
}

const nexts = {
  pending:
    'A person releases what is pending, with "capability approvals" or in the inbox of the control surface: then run the same command again.',
  open: 'Run the same command again for what is open.',
}

function report(plan, journal, stopped) {
  const results = plan.actions.map(({ id }) => ({ state: 'open', ...journal.states.get(id), id, at: undefined }))
  const by = {}
  for (const { state } of results) by[state] = (by[state] ?? 0) + 1
  const told = results.filter(({ state, verified, earlier }) => state !== 'done' || verified === false || earlier)
  const exit = stopped?.exit ?? exitOfResults(by, told)
  const [next] = Object.keys(nexts).filter((state) => by[state] > 0)
  return {
    ok: exit === exits.ok,
    counts: by,
    ...(stopped === undefined ? {} : { stopped: stopped.message }),
    ...(next === undefined ? {} : { next: nexts[next] }),
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

await main(import.meta, help, answer)
