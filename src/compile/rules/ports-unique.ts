import type { Exposes } from '../../spec/document.ts'
import { child } from '../../text/pointer.ts'
import type { Rule } from './rule.ts'

/**
 * Surfaces may share a port when each has addresses of its own: REST its paths, the others theirs. Other engines open a
 * port for each (ikanos-control-port-singleton-and-unique). 0 means any free port and may repeat.
 */
export const portsUnique: Rule = ({ document, report }) => {
  const seen = new Map<number, Exposes[]>()
  for (const surface of document.exposes) {
    const { port, type, pointer } = surface
    const before = port === 0 ? [] : (seen.get(port) ?? [])
    seen.set(port, [...before, surface])
    const [first] = before
    if (first === undefined) continue
    const same = before.find((other) => other.type === type && type !== 'rest')
    const args = { port, other: (same ?? first).namespace }
    report(same === undefined ? 'shared-port' : 'duplicate-port', child(pointer, 'port'), args)
  }
}
