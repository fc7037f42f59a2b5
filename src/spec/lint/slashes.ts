import { child } from '../../text/pointer.ts'
import { type LintRule, sections } from './rule.ts'

/** Joined with a path, a slash at the end is one too many (ikanos-consumes-baseuri-…, ikanos-rest-resource-path-no-trailing-slash). */
export const trailingSlash: LintRule = (root, report) => {
  for (const { pointer, value } of sections(root, 'consumes'))
    if (/[^/]\/$/.test(String(value.baseUri ?? ''))) told(pointer, 'baseUri', String(value.baseUri))
  for (const { pointer, value } of sections(root, 'exposes', '/resources/*'))
    if (/[^/]\/$/.test(String(value.path ?? ''))) told(pointer, 'path', String(value.path))
  function told(pointer: string, key: string, text: string) {
    report('trailing-slash', child(pointer, key), { text: text.replace(/\/\/[^/]*@/, '//***@') })
  }
}
