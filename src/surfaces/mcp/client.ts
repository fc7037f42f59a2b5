/** Who a client says it is, and by which surface it came, as calls are written down. */

import type { McpPlan } from '../../plan.ts'
import type { Origin } from '../../runtime/call.ts'
import { clean } from '../caller.ts'

type From = () => Origin

/** What the transport knows of a call, and the surface beside it. */
export function comingFrom({ namespace, authentication }: McpPlan, known: From | undefined): From {
  return () => ({
    surface: 'mcp',
    namespace,
    ...(authentication === undefined ? {} : { authentication: authentication.type }),
    ...known?.(),
  })
}

/** `clientInfo` as one text: a name and a version, if it has them. */
export function nameOf(info: unknown): Pick<Origin, 'client'> {
  if (typeof info !== 'object' || info === null) return {}
  const { name, version } = info as { readonly name?: unknown; readonly version?: unknown }
  if (typeof name !== 'string') return {}
  return { client: clean(typeof version === 'string' ? `${name}/${version}` : name) }
}
