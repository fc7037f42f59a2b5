import { child } from '../../text/pointer.ts'
import { isMap, type LintRule, sections } from './rule.ts'

const publicName = /\.(com|net|org|io|co|app|dev|cloud|ai)([:/]|$)/

/** A tunnel is for what is not reachable otherwise (ikanos-tunnel-with-public-baseuri-warns). */
export const tunnels: LintRule = (root, report) => {
  for (const { pointer, value } of sections(root, 'consumes')) {
    const { tunnel } = value
    if (!isMap(tunnel)) continue
    if (publicName.test(String(value.baseUri ?? ''))) report('public-tunnel', child(pointer, 'tunnel'), {})
  }
}
