/** Holds what the sandbox received against what callers were told. Pure: evidence in, a line for each rule out. */

/** What a killed process may have left open: no call takes longer, in milliseconds. */
const longestCallMs = 35_000

/** Most growth of memory, in MB a minute. */
export const mostGrowth = 1

/**
 * The rules with what broke them: `{ rule, checked, broken }`, `broken` = texts. `evidence`:
 * `writes` as `caller.mjs` leaves them, with `entries`, those of the journal about them; `reads`; `verdicts` by approval; `stray` = entries of
 * writes that nobody asked for; `marks` and `gaps` of the journal; `audit` = `{ verified, said, lines }`; `kills` =
 * `{ at, signal }`; `ends` = how the servers ended; `noted` = what they wrote on stderr; `leaks`; `growth` in MB a minute.
 */
export function judge(evidence) {
  const { writes, reads, verdicts, stray, marks, gaps, audit, kills, ends, noted, leaks, growth } = evidence
  const dones = writes.filter(({ told }) => told.some(({ what }) => what === 'done'))
  const answers = [...reads, ...writes.flatMap(({ told }) => told)]
  const notes = noted.flatMap((text) => text.split('\n')).filter((line) => line !== '')
  return [
    line('no write is made twice', writes, madeTwice),
    line('nothing is sent once a caller was told that it is done', dones, (write) => sentAfter(write, marks)),
    line('none is told to be done that was not', dones, (write) => made(write) === 0),
    line('none is told to be refused that was made', writes, refusedButMade),
    line('every write ends as done, refused or told to be unknown', writes, ({ end }) => end === undefined),
    line('no request is about a write that nobody asked for', stray, () => true),
    line('the judge has seen every request', [`${gaps} not seen`], () => gaps > 0),
    line('no answer is a fault of the server', answers, ({ what }) => what === 'broken'),
    line('no call hangs over its deadline', answers, ({ what }) => what === 'hung'),
    line('the audit is whole', [audit.said], () => !audit.verified),
    line('every write that was started has its end in the audit, kills apart', startedIn(audit), (one) =>
      isLeft(one, kills),
    ),
    line(
      'no process ends by itself, or with a fault',
      ends,
      ({ asked, code }) => !asked || (code !== 0 && code !== null),
    ),
    line("nothing is lost without a person's yes, each used once", losing(audit), (one) => !isAllowed(one, verdicts)),
    line('no rejection or exception is left to itself', notes, isTrace),
    line('no credential is in an answer, a log or the audit', leaks, () => true),
    line(`memory grows by less than ${mostGrowth} MB a minute`, growth, ({ perMinute }) => !(perMinute < mostGrowth)),
  ]
}

function line(rule, all, isBroken) {
  const broken = all.filter(isBroken).map((one) => (typeof one === 'string' ? one : JSON.stringify(short(one))))
  return { rule, checked: all.length, broken }
}

function short(one) {
  if (one.entries === undefined) return one
  const { id, over, key, end, told, entries } = one
  const requests = entries.map(({ sequence, outcome, fault, effect }) => [sequence, outcome, fault, effect].join(' '))
  return { id, over, key, end, told: told.map(({ at, what, detail }) => `${at} ${what} ${detail}`), requests }
}

/** How often the upstream did it. */
const made = ({ entries }) => entries.filter(({ outcome }) => outcome === 200).length

/** What may be repeated without harm is sent again by the server where no answer came. */
const madeTwice = (write) => !write.repeatable && made(write) > 1

/** Sequences are told by readings of the journal that began after the caller was told. */
function sentAfter({ told, entries, key, repeatable }, marks) {
  if (key === undefined && repeatable) return false
  const { at } = told.find(({ what }) => what === 'done')
  const mark = marks.find((one) => one.at > at)
  return mark !== undefined && entries.some(({ sequence }) => sequence > mark.sequence)
}

/** Where a caller asked again though it was told that it may not know, the last answer is about the last try. */
function refusedButMade(write) {
  const before = write.told.slice(0, -1)
  return write.end === 'refused' && made(write) > 0 && !(write.repeatable && before.length > 0)
}

function startedIn({ lines }) {
  const ended = new Set(lines.filter(({ event }) => event === 'ended').map(({ id }) => id))
  return lines
    .filter(({ event }) => event === 'started')
    .map(({ id, at, operation }) => ({ id, at, operation, isOpen: !ended.has(id) }))
}

function isLeft({ isOpen, at }, kills) {
  if (!isOpen) return false
  const since = (kill) => kill.at - Date.parse(at)
  return !kills.some((kill) => kill.signal === 'SIGKILL' && since(kill) > -1000 && since(kill) < longestCallMs)
}

/** The writes that lose something, with how often the approval of each was used. */
function losing({ lines }) {
  const all = lines.filter(({ event, operation }) => event === 'started' && losers.includes(operation))
  return all.map(({ id, operation, approval }) => {
    const uses = all.filter((one) => one.approval === approval).length
    return { id, operation, approval, uses }
  })
}

const losers = ['files.delete-file']

const isAllowed = ({ approval, uses }, verdicts) => verdicts.get(approval) === 'approve' && uses === 1

const isTrace = (text) =>
  /unhandled|uncaught|^\s+at .*:\d+:\d+|Unexpected: |\b(?:Type|Reference|Range)Error\b/i.test(text)

/** Least squares over `{ at, mb }`, in MB a minute; `of` = another figure of each. */
export function slopeOf(samples, of = ({ mb }) => mb) {
  const n = samples.length
  const mean = (figure) => samples.reduce((sum, one) => sum + figure(one), 0) / n
  const [at, mb] = [mean((one) => one.at), mean(of)]
  const above = samples.reduce((sum, one) => sum + (one.at - at) * (of(one) - mb), 0)
  const below = samples.reduce((sum, one) => sum + (one.at - at) ** 2, 0)
  return (above / below) * 60_000
}
