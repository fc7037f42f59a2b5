/** Where that which a tool answers can be read again (2026-07-28, Resource Links). Which tools have such a place is known at load. */

import { isDeepStrictEqual } from 'node:util'
import type { DynamicResourcePlan, McpPlan, OperationPlan, ToolPlan } from '../../plan.ts'
import { ruledBy } from '../../runtime/policy.ts'
import type { Access } from '../../runtime/principal.ts'
import type { ResourceLink } from './content.ts'
import { mimeTypeOf } from './dynamic.ts'
import { expandUri } from './uri-template.ts'

/** The place for one call of a tool; undefined when its input does not say which, or the caller may not read it. */
export type LinkOf = (input: Readonly<Record<string, unknown>>, access: Access | undefined) => ResourceLink | undefined

/** Undefined when no resource of the surface makes the same call. */
export function linkTo(tool: ToolPlan, { resources }: McpPlan): LinkOf | undefined {
  const found = resources.find(
    (one): one is DynamicResourcePlan => one.type === 'dynamic' && answersTheSame(one, tool.operation),
  )
  if (found === undefined) return undefined
  const { parts, name, title, description, operation } = found
  const mimeType = mimeTypeOf(found)
  const described = { name, title, description, ...(mimeType === undefined ? {} : { mimeType }) }
  return (input, access) => {
    const uri = expandUri(parts, input)
    return uri === undefined || access?.refusals.has(ruledBy(operation))
      ? undefined
      : { type: 'resource_link', uri, ...described }
  }
}

function answersTheSame({ parts, operation }: DynamicResourcePlan, called: OperationPlan): boolean {
  const inputs = Object.keys((called.input.schema.properties ?? {}) as object)
  return (
    parts.every((part) => typeof part === 'string' || inputs.includes(part.input)) && sendsTheSame(operation, called)
  )
}

/** One consumed operation, asked for the same thing: the names of inputs alone do not say so. */
export function sendsTheSame({ run: read }: OperationPlan, { run: called }: OperationPlan): boolean {
  if (read.type !== 'call' || called.type !== 'call') return false
  const [one, other] = [read.request, called.request]
  return (
    one.upstream === other.upstream &&
    one.operation === other.operation &&
    isDeepStrictEqual(one.path, other.path) &&
    one.query.every((parameter) => other.query.some((same) => isDeepStrictEqual(parameter, same)))
  )
}
