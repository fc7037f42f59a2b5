/** What is there, read before it is written to: by a safe operation, for the same caller, behind its own policy. */

import type { ReadPlan } from '../plan.ts'
import { type Call, cancel, newCall } from './call.ts'
import type { Input } from './evaluate.ts'
import type { Invoke, Outcome } from './invoke.ts'

/** Ends when the call ends that it is read for. Rejects with the fault of the read. */
export async function readFirst(
  { flow, inputs }: ReadPlan,
  input: Input,
  call: Call | undefined,
  invokeNamed: (name: string) => Invoke,
): Promise<Outcome> {
  const given = inputs.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]] as const]))
  const read = invokeNamed(flow)
  if (call === undefined) return read(Object.fromEntries(given))
  const reading = newCall(call.span, call.principal)
  if (call.deadline !== undefined) reading.deadline = call.deadline
  call.abort = () => cancel(reading)
  if (call.cancelled) cancel(reading)
  try {
    return await read(Object.fromEntries(given), reading)
  } finally {
    call.abort = undefined
  }
}
