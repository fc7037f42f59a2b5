import { child } from '../../text/pointer.ts'
import { isMap, type LintRule, type Place, sections } from './rule.ts'

/** What a flow says of itself and what its tool or its method says agree (ikanos-aggregate-semantics-consistency). */
export const contradictingSemantics: LintRule = (root, report) => {
  const semantics = new Map<string, Said>(
    sections(root, 'aggregates').flatMap(({ value, name }) =>
      flowsOf(value.flows ?? value.functions).map(
        ([flow, said]) => [`${String(value.namespace ?? name)}.${flow}`, said] as const,
      ),
    ),
  )
  const tell = (pointer: string, detail: string) => report('contradicting-semantics', pointer, { detail })
  for (const tool of sections(root, 'exposes', '/tools/*'))
    checkHints(tool, semantics.get(String(tool.value.ref)), tell)
  for (const operation of sections(root, 'exposes', '/resources/*/operations/*'))
    checkMethod(operation, semantics.get(String(operation.value.ref)), (pointer, detail) =>
      report('method-semantics', pointer, { detail }),
    )
}

type Said = Readonly<Record<string, unknown>>
type Tell = (pointer: string, detail: string) => void

function flowsOf(flows: unknown): readonly (readonly [string, Said])[] {
  return Object.entries(isMap(flows) || Array.isArray(flows) ? flows : {}).flatMap(([key, flow]) =>
    isMap(flow) ? [[typeof flow.name === 'string' ? flow.name : key, isMap(flow.semantics) ? flow.semantics : {}]] : [],
  )
}

function checkHints({ pointer, value }: Place, said: Said | undefined, tell: Tell) {
  if (said === undefined || !isMap(value.hints)) return
  const { readOnly, destructive, idempotent } = value.hints
  const at = (hint: string) => child(child(pointer, 'hints'), hint)
  if (differ(readOnly, said.safe))
    tell(at('readOnly'), `"readOnly: ${readOnly}", but the flow says "safe: ${said.safe}"`)
  if (destructive === true && said.safe === true) tell(at('destructive'), '"destructive: true", but the flow is safe')
  if (differ(idempotent, said.idempotent))
    tell(at('idempotent'), `"idempotent: ${idempotent}", but the flow says "idempotent: ${said.idempotent}"`)
}

const differ = (a: unknown, b: unknown) => typeof a === 'boolean' && typeof b === 'boolean' && a !== b

/** A method that says another thing than the flow runs all the same: a search may well be a POST. */
function checkMethod({ pointer, value }: Place, said: Said | undefined, tell: Tell) {
  if (said === undefined) return
  const method = String(value.method)
  const at = child(pointer, 'method')
  const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(method)
  if (said.safe === true && !isRead) tell(at, `${method} runs a flow that says "safe: true"`)
  if (said.safe === false && isRead) tell(at, `${method} runs a flow that says "safe: false"`)
  if (said.idempotent === true && said.safe !== true && method === 'POST')
    tell(at, 'POST runs a flow that says "idempotent: true"')
}
