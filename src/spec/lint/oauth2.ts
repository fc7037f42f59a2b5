import { child } from '../../text/pointer.ts'
import { isMap, type LintRule, sections } from './rule.ts'

const loopback = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/
const open = (uri: unknown) => typeof uri === 'string' && uri.startsWith('http:') && !loopback.test(uri)

/** Tokens travel over https, and a resource says its scopes (ikanos-oauth2-https-authserver, -resource-https, -scopes-defined). */
export const oauth2: LintRule = (root, report) => {
  for (const { pointer, value } of sections(root, 'exposes')) {
    const { authentication } = value
    if (!isMap(authentication) || authentication.type !== 'oauth2') continue
    const at = child(pointer, 'authentication')
    for (const key of ['authorizationServerUri', 'authorizationServerUrl', 'resource'])
      if (open(authentication[key])) report('unencrypted-oauth2', child(at, key), { key })
    if (authentication.scopes === undefined) report('no-scopes', at, {})
  }
}
