import { child } from '../../text/pointer.ts'
import type { Rule } from './rule.ts'

/** Two surfaces can't listen on one port. 0 means any free port and may repeat (ikanos-control-port-singleton-and-unique). */
export const portsUnique: Rule = ({ document, report }) => {
  const seen = new Map<number, string>()
  for (const surface of document.exposes) {
    if (surface.port === 0) continue
    const other = seen.get(surface.port)
    if (other !== undefined) report('duplicate-port', child(surface.pointer, 'port'), { port: surface.port, other })
    else seen.set(surface.port, surface.namespace)
  }
}
