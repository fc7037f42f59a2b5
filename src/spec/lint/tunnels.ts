import { child } from '../../text/pointer.ts'
import { isMap, type LintRule, sections } from './rule.ts'

const local = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/
const publicName = /\.(com|net|org|io|co|app|dev|cloud|ai)([:/]|$)/

/** A tunnel is for what is not reachable otherwise (ikanos-tunnel-fallback-direct-warns, ikanos-tunnel-with-public-baseuri-warns). */
export const tunnels: LintRule = (root, report) => {
  for (const { pointer, value } of sections(root, 'consumes')) {
    const { tunnel } = value
    if (!isMap(tunnel)) continue
    const baseUri = String(value.baseUri ?? '')
    if (tunnel.fallback === 'direct' && !local.test(baseUri)) report('direct-tunnel', child(pointer, 'tunnel'), {})
    else if (publicName.test(baseUri)) report('public-tunnel', child(pointer, 'tunnel'), {})
  }
}
