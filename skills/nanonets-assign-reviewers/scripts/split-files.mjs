// Splits files among reviewers and writes a plan of it. Calls nothing. Run `node scripts/split-files.mjs --help`.
import { capability } from './calls.mjs'
import { most } from './plans.mjs'
import { exits, main, readText, readWords, Stop, writePlan } from './program.mjs'

const help = `node scripts/split-files.mjs <model_id> <ids.json> <e-mail[:weight]>… [--reason <text>] [--out plan.json]

Gives each reviewer a share by weight (1 unless said) and writes plan.json, one action for each file. ids.json is a JSON list of
request_file_ids ("-" = stdin). The same list and the same reviewers give the same split. Then run check.mjs on it.`

export function answer(words) {
  const { words: named, flags } = readWords(words, { reason: 'a text', out: 'a file' })
  const [model_id, path, ...reviewers] = named
  if (reviewers.length === 0) throw new Stop(exits.usage, 'a model, a list and a reviewer are needed; see --help')
  const shares = reviewers.map(reviewerOf)
  const ids = idsOf(path)
  const actions = ids.map((id, i) => {
    const { member } = next(shares)
    return {
      id: `assign-${i + 1}`,
      tool: 'assign-files',
      arguments: { model_id, member, file_ids: [id] },
      reason: flags.reason ?? `share of ${member}`,
      look: { tool: 'get-file', arguments: { model_id, request_file_id: id } },
      after: { '/0/assigned_member': member },
    }
  })
  const { out = 'plan.json' } = flags
  writePlan(out, capability, actions)
  const split = Object.fromEntries(shares.map(({ member, given }) => [member, given]))
  return { plan: out, split, next: `node scripts/check.mjs ${out}` }
}

await main(import.meta, help, answer)

function reviewerOf(word) {
  const [, member, weight = '1'] = /^([^\s:@]+@[^\s:@]+)(?::(\d+(?:\.\d+)?))?$/.exec(word) ?? []
  if (member === undefined || Number(weight) === 0) throw new Stop(exits.usage, `"${word}" is no e-mail[:weight]`)
  return { member, weight: Number(weight), given: 0 }
}

function idsOf(path) {
  let ids
  try {
    ids = JSON.parse(readText(path))
  } catch (error) {
    if (error instanceof Stop) throw error
  }
  const isList = Array.isArray(ids) && ids.every((id) => typeof id === 'string') && ids.length > 0
  if (!isList || ids.length > most) throw new Stop(exits.usage, `${path} must be a JSON list of 1 to ${most} file ids`)
  return [...new Set(ids)].sort()
}

/** Whoever has least for their weight; of several the one that was named first. */
function next(shares) {
  const load = ({ given, weight }) => (given + 1) / weight
  const chosen = shares.reduce((least, one) => (load(one) < load(least) ? one : least))
  chosen.given++
  return chosen
}
