import { child } from '../../text/pointer.ts'
import { isMap, type LintRule, type Place, sections } from './rule.ts'

const loopback = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/
const open = (uri: unknown) => typeof uri === 'string' && uri.startsWith('http:') && !loopback.test(uri)
const addresses = ['authorizationServerUri', 'authorizationServerUrl', 'tokenEndpoint', 'resource']

/** Tokens travel over https, and a resource says its scopes (ikanos-oauth2-https-authserver, -resource-https, -scopes-defined). */
export const oauth2: LintRule = (root, report) => {
  const exposed = sections(root, 'exposes').flatMap(oauth2Of)
  for (const { pointer, value } of [...exposed, ...sections(root, 'consumes').flatMap(oauth2Of)])
    for (const key of addresses) if (open(value[key])) report('unencrypted-oauth2', child(pointer, key), { key })
  for (const { pointer, value } of exposed) if (value.scopes === undefined) report('no-scopes', pointer, {})
}

function oauth2Of({ pointer, name, value: { authentication } }: Place): readonly Place[] {
  if (!isMap(authentication) || authentication.type !== 'oauth2') return []
  return [{ pointer: child(pointer, 'authentication'), name, value: authentication }]
}
