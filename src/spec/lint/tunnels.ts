import { child } from '../../text/pointer.ts'
import { nearest } from '../../text/suggest.ts'
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

/** An identity is a variable of a bind (ikanos-tunnel-identity-must-bind, and `{{KEY}}` as well as `{{ns.KEY}}`). */
export const boundIdentity: LintRule = (root, report) => {
  const binds = sections(root, 'binds')
  // What an imported bind declares stands in another file.
  if (binds.some(({ value }) => 'import' in value || 'from' in value)) return
  const known = binds.flatMap(({ value }) =>
    Object.keys(isMap(value.keys) ? value.keys : {}).flatMap((key) => [key, `${String(value.namespace)}.${key}`]),
  )
  for (const { pointer, value } of sections(root, 'consumes')) {
    if (!isMap(value.tunnel)) continue
    for (const [, name = ''] of String(value.tunnel.identity ?? '').matchAll(/\{\{\s*([^\s{}]+)\s*\}\}/g))
      if (!known.includes(name))
        report('unbound-identity', `${pointer}/tunnel/identity`, { name, nearest: nearest(name, known), known })
  }
}
