// Ranks what waits in a review queue. Reads only. Run `node scripts/triage.mjs --help`.

const help = `node scripts/triage.mjs <model_id> [--days 7] [--to-date YYYY-MM-DD] [--old-after 3] [--limit 20] [--url <address>]

Lists the files of the window and puts those that wait into buckets: A failed validation, B unsure, C old, D clean. Prints
{window, counts, files} as JSON, most urgent first. Calls the list-files route of the capability on this machine (--url,
CAPABILITY_URL, default http://127.0.0.1:8080) and no other address.

  --old-after <days>   a file counts as old after so many days
  --limit <n>          most files to print

Exit codes: 0 ok · 2 wrong command line · 3 refused input · 5 not connected or not allowed · 6 too many requests`

const msPerDay = 24 * 60 * 60 * 1000
const flags = {
  '--days': '7',
  '--to-date': undefined,
  '--old-after': '3',
  '--limit': '20',
  '--url': process.env.CAPABILITY_URL ?? 'http://127.0.0.1:8080',
}

const words = process.argv.slice(2)
if (words.includes('--help') || words.includes('-h')) process.stdout.write(`${help}\n`)
else await triage(readWords())

function stop(exit, message) {
  process.stderr.write(`${message}\n`)
  process.exit(exit)
}

function readWords() {
  const given = { ...flags }
  const named = []
  for (let i = 0; i < words.length; i++) {
    if (!words[i].startsWith('--')) named.push(words[i])
    else if (!(words[i] in flags)) stop(2, `${words[i]} is not known; see --help`)
    else if (words[i + 1] === undefined) stop(2, `${words[i]} needs a value`)
    else given[words[i]] = words[++i]
  }
  if (named.length !== 1 || /^\.{0,2}$/.test(named[0])) stop(2, 'one model id is needed; see --help')
  return { ...given, model: named[0] }
}

function originOf(given) {
  const url = URL.canParse(given) ? new URL(given) : undefined
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url?.hostname ?? '')
  return url?.protocol === 'http:' && isLoopback ? url.origin : stop(2, `${given} is no http address of this machine`)
}

async function triage(given) {
  const oldAfter = Number(given['--old-after'])
  const limit = Number(given['--limit'])
  if (!(oldAfter >= 0 && limit >= 0)) stop(2, '--old-after and --limit are numbers')
  const query = new URLSearchParams({ days: given['--days'] })
  if (given['--to-date'] !== undefined) query.set('to_date', given['--to-date'])
  const { files } = await read(
    `${originOf(given['--url'])}/v1/models/${encodeURIComponent(given.model)}/files?${query}`,
  )
  const last = Date.parse(given['--to-date'] ?? new Date().toISOString().slice(0, 10))
  const waiting = files.filter((file) => !file.approved && file.approval_status !== 'rejected')
  const ranked = waiting.map((file) => bucketed(file, last, oldAfter)).sort(inOrder)
  const count = (bucket) => ranked.filter((file) => file.bucket === bucket).length
  const answer = {
    window: { to: new Date(last).toISOString().slice(0, 10), days: Number(given['--days']) },
    counts: {
      waiting: waiting.length,
      failed: count('A'),
      unsure: count('B'),
      old: count('C'),
      clean: count('D'),
      rejected: files.filter((file) => file.approval_status === 'rejected').length,
      approved: files.filter((file) => file.approved).length,
    },
    files: ranked.slice(0, limit),
    left_out: Math.max(0, ranked.length - limit),
  }
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
}

async function read(address) {
  const token = process.env.CAPABILITY_TOKEN
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(address, { headers, redirect: 'error', signal: AbortSignal.timeout(60_000) }).catch(
    (error) => stop(5, `nothing answers there: ${error.cause?.code ?? error.name}`),
  )
  if (answer.ok) return answer.json().catch(() => stop(5, 'what answers there is not the capability'))
  const detail = (await answer.text()).slice(0, 500)
  if (answer.status === 400) return stop(3, detail)
  return stop(answer.status === 429 ? 6 : 5, `answers ${answer.status}: ${detail}`)
}

/** A page that somebody has corrected is judged by what still fails. */
function bucketed(file, last, oldAfter) {
  const of = (name) => [...new Set(file.pages.flatMap((page) => page[name] ?? []))]
  const corrected = of('failed_after_correction')
  const failed = corrected.length > 0 ? corrected : of('failed_validations')
  const unsure = of('low_scores')
  const days = Math.round((last - Date.parse(file.date)) / msPerDay)
  const bucket = failed.length > 0 ? 'A' : unsure.length > 0 ? 'B' : days > oldAfter ? 'C' : 'D'
  const { request_file_id, file_name, date, assigned_member } = file
  return { bucket, request_file_id, file_name, date, days_waiting: days, failed, unsure, assigned_member }
}

function inOrder(a, b) {
  const labels = ({ failed, unsure }) => failed.length + unsure.length
  const [first, second] = [`${a.bucket} ${a.date}`, `${b.bucket} ${b.date}`]
  if (first !== second) return first < second ? -1 : 1
  return labels(b) - labels(a) || (a.request_file_id < b.request_file_id ? -1 : 1)
}
