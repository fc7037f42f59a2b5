/** Resources that operations answer: at one URI, or at every one of a template (spec-servers §4.8). */

import type { DynamicResourcePlan, McpPlan } from '../../plan.ts'
import type { Invoke, Outcome } from '../../runtime/invoke.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { resourcePoint, type ToolPoint } from '../../runtime/telemetry/points.ts'
import { isText } from '../media-types.ts'
import { comingFrom } from './client.ts'
import type { ResourceContents } from './content.ts'
import type { ResourceRead } from './tool-call.ts'
import { uriMatcher } from './uri-template.ts'

export interface DynamicResource {
  readonly plan: DynamicResourcePlan
  readonly isTemplate: boolean
  /** What to run the operation with for a URI; undefined when it is none of this resource. */
  readonly inputOf: (uri: string) => Input | undefined
  /** Rejects with OperationError. */
  readonly read: (uri: string, input: Input, read: ResourceRead) => Promise<ResourceContents>
}

type Input = Readonly<Record<string, unknown>>

export function dynamicResource(plan: DynamicResourcePlan, surface: McpPlan, runtime: Runtime): DynamicResource {
  const { parts, operation } = plan
  const invoke = runtime.invoke(operation)
  const point = resourcePoint(runtime.context, plan.name)
  return {
    plan,
    isTemplate: parts.some((part) => typeof part !== 'string'),
    inputOf: uriMatcher(parts),
    read: async (uri, input, read) => {
      read.call.from = comingFrom(surface, read.call.from)
      return contentsOf(plan, uri, await observed(invoke, point, input, read))
    },
  }
}

/** Its media type, where that is known before it is read. */
export function mimeTypeOf({ mimeType, operation }: DynamicResourcePlan): string | undefined {
  const { binary } = operation.output
  return mimeType ?? (binary === undefined ? 'application/json' : binary.mediaType)
}

async function observed(invoke: Invoke, point: ToolPoint, input: Input, { call, carrier }: ResourceRead) {
  const spans = point.begin(carrier)
  call.span = spans?.tool
  try {
    const outcome = await invoke(input, call)
    point.end(spans)
    return outcome
  } catch (error) {
    point.end(spans, error)
    throw error
  }
}

/** A text that is declared to be no JSON is told as it is, not as a JSON string. */
function contentsOf(plan: DynamicResourcePlan, uri: string, { text = '', value, binary }: Outcome): ResourceContents {
  if (binary !== undefined)
    return { uri, mimeType: plan.mimeType ?? binary.mediaType, blob: binary.bytes.toString('base64') }
  const mimeType = mimeTypeOf(plan) ?? 'application/octet-stream'
  const isPlain = typeof value === 'string' && isText(mimeType) && !json.test(mimeType)
  return { uri, mimeType, text: isPlain ? value : text }
}

const json = /[/+]json\b/i
