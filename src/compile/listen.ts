/** Where a surface listens and who may call it. */

import type { Companion, SurfacePolicy } from '../spec/companion.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { compileCallerAuthentication } from './authentication.ts'
import type { Known } from './known.ts'

const loopback = '127.0.0.1'

/** Address (default 127.0.0.1, our deviation from the reference, which listens everywhere), port, authentication. */
export function compileListen(surface: doc.Exposes, known: Known) {
  const { namespace, port, authentication } = surface
  const at = child(surface.pointer, 'authentication')
  const compiled =
    authentication && compileCallerAuthentication(authentication, namespace, known.binds, known.report, at)
  return {
    namespace,
    address: surface.address ?? loopback,
    port,
    ...(compiled === undefined ? {} : { authentication: compiled }),
    ...policyOf(namespace, known.companion),
  }
}

/** What the companion says of a surface stands before what it says of all. */
export function surfacePolicy(namespace: string, { surfaces }: Companion): SurfacePolicy {
  return { ...surfaces.get('default'), ...surfaces.get(namespace) }
}

function policyOf(namespace: string, companion: Companion) {
  const { role, cors, rateLimit } = surfacePolicy(namespace, companion)
  return {
    ...(role === undefined ? {} : { role }),
    ...(cors === undefined ? {} : { cors: { ...cors, origins: cors.origins.map((origin) => origin.toLowerCase()) } }),
    ...(rateLimit === undefined ? {} : { rateLimit: { by: 'address' as const, ...rateLimit } }),
  }
}
