/** The person who approves: looks at what waits on the control surface, says yes, no or nothing. */

import { setTimeout as pause } from 'node:timers/promises'

const everyMs = 300
const shares = { yes: 0.75, no: 0.15 }

/** Decides until `isOver()`. `inbox()` = address and token; every decision is put on `verdicts` by its id, before it is sent. */
export async function personOf({ inbox, random, verdicts, isOver }) {
  while (!isOver()) {
    // The server may be down, and what was sent may have been heard all the same.
    for (const id of await waiting(inbox()).catch(() => [])) {
      if (verdicts.has(id)) continue
      const roll = random.unit()
      const verdict = roll < shares.yes ? 'approve' : roll < shares.yes + shares.no ? 'deny' : 'nothing'
      verdicts.set(id, verdict)
      if (verdict !== 'nothing') await decide(inbox(), id, verdict).catch(() => {})
    }
    await pause(everyMs)
  }
}

async function waiting({ url, token }) {
  const answer = await fetch(`${url}/approvals`, { headers: { authorization: `Bearer ${token}` } })
  const { approvals = [] } = await answer.json()
  return approvals.filter(({ state }) => state === 'pending').map(({ id }) => id)
}

function decide({ url, token }, id, verdict) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return fetch(`${url}/approvals/${id}/${verdict}`, { method: 'POST', headers, body: '{}' })
}
