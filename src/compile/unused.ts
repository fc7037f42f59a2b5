/** Values that go nowhere: what is misspelt would otherwise vanish without a word. */

import type { Report } from '../diagnostics.ts'
import type { RunPlan } from '../plan.ts'
import { child } from '../text/pointer.ts'
import { nearest } from '../text/suggest.ts'
import type { ConsumedEntry } from './known.ts'

/** A parameter said to be in a path that has no such variable. Those of the whole API may serve some paths only. */
export function reportPathless({ path, inputs, pointer }: ConsumedEntry, variables: readonly string[], report: Report) {
  const resource = pointerParent(pointerParent(pointer))
  // What stands in braces that are not closed is told by itself.
  if (/\{[^{}]*$/.test(path)) return
  for (const { name, input, pointer: at } of inputs) {
    if (input.in !== 'path' || variables.includes(name) || !at.startsWith(`${resource}/`)) continue
    const why = `${path} has no such variable`
    report('unused-parameter', at, { name, why, nearest: nearest(name, variables) })
  }
}

const pointerParent = (pointer: string) => pointer.slice(0, pointer.lastIndexOf('/'))

/** `with` values that the called operation has no use for: a misspelt name would otherwise vanish. */
export function reportUnusedWith(entry: ConsumedEntry, names: Iterable<string>, report: Report, pointer: string) {
  const declared = new Set(entry.inputs.map((p) => p.name))
  const text = `${entry.path} ${JSON.stringify(entry.body ?? '')} ${entry.inputs.map((p) => String(p.input.value ?? '')).join(' ')}`
  for (const name of names) {
    if (declared.has(name) || mentions(text, name)) continue
    const why = `"${entry.namespace}.${entry.name}" takes no such parameter`
    report('unused-parameter', child(pointer, name), { name, why, nearest: nearest(name, declared) })
  }
}

function mentions(text: string, name: string): boolean {
  return (
    text.includes(`{${name}}`) ||
    text.includes(`{{${name}}}`) ||
    text.includes(`:${name}`) ||
    text.includes(`{{${name}.`)
  )
}

/** Inputs that a call sends nowhere: a misspelt one would otherwise vanish. A mock may ignore its inputs. */
export function reportUnusedInputs(
  inputs: Iterable<string>,
  run: RunPlan,
  pointer: string,
  name: string,
  report: Report,
  candidates: Iterable<string> = [],
  given: ReadonlyMap<string, unknown> = new Map(),
) {
  if (run.type === 'mock') return
  const plans = run.type === 'steps' ? run.steps : [run.request]
  const used = new Set(inputsInside(plans))
  const named = new Set(inputsInside(plans.filter((plan) => !('sources' in plan))))
  // A script may read whatever its operation is given; one letter off from what it declares is a slip all the same.
  const isSlip = (input: string) => !named.has(input) && nearest(input, candidates) !== undefined
  for (const input of inputs) {
    if (used.has(input) && !isSlip(input)) continue
    const at = child(child(pointer, 'inputParameters'), input)
    // A bare word under "with" is a constant (spec §3.3), and was probably not meant as one.
    const [bare] = [...given].find(([, value]) => value === input) ?? []
    if (bare === undefined) {
      const why = `"${name}" has no use for it`
      report('unused-parameter', at, { name: input, why, nearest: nearest(input, candidates) })
    } else {
      const why = `"with" gives ${bare} the text "${input}"`
      report('unused-parameter', at, { name: input, why, nearest: `{{${input}}}` })
    }
  }
}

/** The inputs that any value inside of a plan stands for. */
function inputsInside(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  const { type, name } = node as { readonly type?: unknown; readonly name?: unknown }
  const inside = Object.values(node).flatMap(inputsInside)
  return type === 'input' && typeof name === 'string' ? [name, ...inside] : inside
}
