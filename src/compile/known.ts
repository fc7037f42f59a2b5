/** The units of a capability as others refer to them. */

import type { Report } from '../diagnostics.ts'
import type { AnswerPlan, Method, OutputPlan, ScriptPlan, StepOutputPlan } from '../plan.ts'
import type { Companion } from '../spec/companion.ts'
import type * as doc from '../spec/document.ts'
import type { Scope } from './scope.ts'

/** What the units of a capability can refer to. */
export interface Known {
  readonly binds: Scope
  readonly consumes: ConsumedIndex
  /** Consumed APIs by namespace. */
  readonly apis: ReadonlyMap<string, doc.Consumes>
  readonly flows: FlowIndex
  /** By namespace, what imported units that have it call themselves by. */
  readonly former: ReadonlyMap<string, readonly string[]>
  readonly companion: Companion
  /** Whether something gets lost, by the name of a flow or of what is written inline, where the capability says so. */
  readonly destructive: ReadonlyMap<string, boolean>
  readonly scripts: Scripts
  readonly report: Report
  readonly reportCompanion: Report
}

/** The script steps that can run, by pointer. */
export type Scripts = ReadonlyMap<string, ScriptPlan>

/** One consumed operation with everything it inherits. */
export interface ConsumedEntry {
  readonly name: string
  readonly namespace: string
  readonly pointer: string
  readonly path: string
  readonly pathPointer: string
  readonly method: Method
  readonly description?: string
  readonly inputs: readonly PlacedInput[]
  readonly body?: doc.ConsumedOperation['body']
  readonly answer?: AnswerPlan
  readonly binary?: OutputPlan['binary']
  /** How a step keeps the answer; absent = as it is. */
  readonly kept?: StepOutputPlan
}

export interface PlacedInput {
  readonly name: string
  readonly pointer: string
  readonly input: doc.ConsumedInput
}

export type ConsumedIndex = ReadonlyMap<string, ReadonlyMap<string, ConsumedEntry>>

export interface FlowEntry {
  readonly name: string
  readonly namespace: string
  readonly pointer: string
  readonly flow: doc.Flow
}

export type FlowIndex = ReadonlyMap<string, FlowEntry>
