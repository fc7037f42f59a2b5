import { child } from '../../text/pointer.ts'
import { strayPlaceholder } from '../../text/template.ts'
import type { Rule } from './rule.ts'

const local = new Set(['localhost', '127.0.0.1', '::1'])

/** A surface that other machines reach should ask who calls (ikanos-control-address-localhost-warning, for every surface). */
export const openAddress: Rule = ({ document, report }) => {
  for (const { address, authentication, pointer } of document.exposes) {
    if (address === undefined || local.has(address) || authentication !== undefined) continue
    if (strayPlaceholder(address) !== undefined) continue
    report('open-address', child(pointer, 'address'), { address })
  }
}
