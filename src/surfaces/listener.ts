/** What stands between a request and a surface. */

import type { RequestListener } from 'node:http'
import type { SurfacePlan } from '../plan.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { authenticated } from './authentication.ts'
import { allows, shared } from './cors.ts'
import { type Handler, sendUnclaimed } from './http.ts'
import { guarded } from './origin.ts'
import { byAddress, byCaller, limited } from './rate-limit.ts'
import { identify } from './request-id.ts'

/** The guards stand in front of every surface, in this order: where from, how often, who, then what. */
export function listener(handle: Handler, plan: SurfacePlan, runtime: Runtime): RequestListener {
  const { address, authentication, cors, rateLimit } = plan
  // Who brings a credential is known by it once it is found good; where nobody does, by where they come from.
  const byAll = rateLimit?.by === 'address' || authentication === undefined
  const known = authenticated(byAll ? handle : limited(handle, rateLimit, byCaller), plan, runtime)
  const asked = byAll ? limited(known, rateLimit, byAddress) : known
  const guardedHandle = guarded(shared(asked, cors), address, allows(cors))
  return (req, res) => {
    if (plan.type === 'rest') identify(req, res)
    if (!guardedHandle(req, res)) sendUnclaimed(res)
  }
}
