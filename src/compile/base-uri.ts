/** Whether an address can be called (spec §2.1). */

import type { Report } from '../diagnostics.ts'

/** Reports a literal base address that is none, or holds what belongs elsewhere. */
export function checkBaseUri(value: string, report: Report, pointer: string) {
  const bad = (detail: string) => report('bad-address', pointer, { value, detail })
  if (!URL.canParse(value)) return bad('it is not a URL')
  const url = new URL(value)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return bad('only http and https can be called')
  if (url.username !== '' || url.password !== '')
    return report('bad-address', pointer, {
      value: value.replace(/\/\/.*@/, '//***@'),
      detail: 'credentials belong under "authentication"',
    })
  if (url.search !== '' || url.hash !== '') return bad('a query or fragment belongs to an operation')
}
