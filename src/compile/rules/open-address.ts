import { child } from '../../text/pointer.ts'
import { strayPlaceholder } from '../../text/template.ts'
import type { Rule } from './rule.ts'

const local = /^(localhost|127(\.\d+){3}|::1|\[::1\])$/i

/** A surface that other machines reach should ask who calls (ikanos-control-address-localhost-warning, for every surface). */
export const openAddress: Rule = ({ document, report }) => {
  for (const { address, authentication, pointer } of document.exposes) {
    if (address === undefined || local.test(address) || authentication !== undefined) continue
    if (strayPlaceholder(address) !== undefined) continue
    report('open-address', child(pointer, 'address'), { address })
  }
}
