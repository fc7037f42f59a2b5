// Checks a plan against what is there. Changes nothing. Generated: change the capability, not this file.
import { baseUrl } from './calls.mjs'
import { readPlan, rehearsal } from './plans.mjs'
import { exits, main, readWords, Stop } from './program.mjs'

const help = `node scripts/check.mjs <plan.json> [--url <address>]

Looks at everything that the plan is about and rehearses each call; sends no write. Prints {ok, planDigest, counts, problems}:
show these to the user, and give planDigest to run.mjs once they agree. "-" reads the plan from stdin.`

export async function answer(words) {
  const { words: paths, flags } = readWords(words, { url: 'an address' })
  if (paths.length !== 1) throw new Stop(exits.usage, 'one plan is needed; see --help')
  const { plan, problems } = readPlan(paths[0])
  if (problems.length > 0) return { ok: false, problems, exit: exits.invalid }
  return rehearsal(baseUrl(flags.url), plan)
}

await main(import.meta, help, answer)
