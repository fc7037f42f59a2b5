/** `type: mcp` -> its offers; tools with the annotations that semantics and hints say (spec-servers §4.7). */

import type { McpPlan, OperationPlan, Semantics, ToolAnnotations, ToolPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { limited } from './answer.ts'
import type { Known } from './known.ts'
import { compileListen, surfacePolicy } from './listen.ts'
import { calledMethods } from './methods.ts'
import { compileInline } from './operations.ts'
import { compilePrompts } from './prompts.ts'
import { compileResources } from './resources.ts'
import type { Flows } from './rest.ts'

export function compileMcp(surface: doc.ExposesMcp, flows: Flows, known: Known): McpPlan {
  const tools = [...surface.tools].flatMap(([name, tool]) => {
    const compiled = compileTool(name, tool, surface, flows, known)
    return compiled === undefined ? [] : [compiled]
  })
  const { transport, description, ttlMs, cacheScope } = surface
  const { answer } = surfacePolicy(surface.namespace, known.companion)
  return {
    type: 'mcp',
    transport,
    ...compileListen(surface, known),
    ...(description === undefined ? {} : { instructions: description }),
    ...(answer === undefined ? {} : { answer }),
    ttlMs,
    cacheScope,
    tools,
    resources: compileResources(surface, known),
    prompts: compilePrompts(surface, known.report),
  }
}

function compileTool(
  name: string,
  tool: doc.Tool,
  surface: doc.ExposesMcp,
  flows: Flows,
  known: Known,
): ToolPlan | undefined {
  const pointer = child(child(surface.pointer, 'tools'), name)
  const semantics = hintedSemantics(tool.hints)
  const whole =
    sharedFlow(tool, flows) ??
    compileInline(
      { ...tool, own: tool.inputParameters.keys() },
      `${surface.namespace}.${name}`,
      surface.namespace,
      pointer,
      semantics,
      known,
    )
  if (whole === undefined) return undefined
  const operation = limited(whole, surface, name)
  const title = tool.display ?? operation.title
  return {
    name,
    ...(title === undefined ? {} : { title }),
    description: tool.description ?? operation.description,
    annotations: annotations(operation, tool.hints, title),
    operation,
  }
}

/** A reference that adds nothing runs the flow itself. */
function sharedFlow(tool: doc.Tool, flows: Flows): OperationPlan | undefined {
  const changed = tool.with.size > 0 || tool.inputParameters.size > 0 || tool.outputParameters !== undefined
  return tool.ref === undefined || changed ? undefined : flows.get(tool.ref)
}

function hintedSemantics({ readOnly, idempotent }: doc.Hints): Semantics | undefined {
  if (readOnly === undefined) return undefined
  return { safe: readOnly, ...(idempotent === undefined ? {} : { idempotent }) }
}

/**
 * Field by field: explicit hints, else what the semantics imply; an upstream call reaches the open world. The title stands
 * here too, as the reference engine sends it: clients of 2025-03-26 look for it nowhere else.
 */
function annotations(operation: OperationPlan, hints: doc.Hints, title: string | undefined): ToolAnnotations {
  const { safe, idempotent } = operation.semantics
  const methods = calledMethods(operation.run)
  const derived = {
    title,
    readOnlyHint: hints.readOnly ?? safe,
    destructiveHint: hints.destructive ?? (safe === true ? false : methods.includes('DELETE') ? true : undefined),
    idempotentHint: hints.idempotent ?? idempotent,
    openWorldHint: hints.openWorld ?? (methods.length > 0 ? true : undefined),
  }
  return Object.fromEntries(Object.entries(derived).filter(([, value]) => value !== undefined))
}
