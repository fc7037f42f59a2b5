/** Reads the surfaces of either dialect. */

import { child } from '../../text/pointer.ts'
import type * as doc from '../document.ts'
import { copy, optional, type Raw, raw } from '../raw.ts'
import { authentication } from './consumes.ts'
import { inputs, unit } from './flows.ts'
import { mcpOffers } from './mcp.ts'
import type { Reader } from './reader.ts'

/** A surface with what it exposes. */
export function exposes(entry: Raw, pointer: string, reader: Reader): doc.Exposes {
  const listener = {
    pointer,
    namespace: String(entry.namespace ?? entry.type),
    port: Number(entry.port ?? 0),
    ...copy(entry, ['address', 'description', 'formerly']),
    ...optional('authentication', authentication(entry.authentication)),
  }
  switch (entry.type) {
    case 'rest':
      return {
        ...listener,
        ...copy(entry, ['maxBinarySize']),
        type: 'rest',
        inputParameters: exposedInputs(entry, pointer, reader),
        resources: exposedResources(entry, pointer, reader),
      }
    case 'mcp':
      return {
        ...listener,
        ...copy(entry, ['maxBinarySize']),
        type: 'mcp',
        transport: entry.transport === 'stdio' ? 'stdio' : 'http',
        ttlMs: Number(entry.ttlMs ?? 0),
        cacheScope: entry.cacheScope === 'public' ? 'public' : 'private',
        tools: reader.named(
          entry.tools,
          child(pointer, 'tools'),
          'tools',
          (item, at) => tool(item, at, reader),
          toolName,
        ),
        ...mcpOffers(entry, pointer, reader),
      }
    case 'skill':
      return { ...listener, type: 'skill', skills: skills(entry, pointer, reader) }
    default: {
      const management = raw(entry.management)
      const { health, info } = { health: management.health !== false, info: management.info === true }
      const { scripting } = management
      return {
        ...listener,
        type: 'control',
        management: { health, info, ...(copy(management, ['reload', 'validate', 'logs']) as Partial<doc.Management>) },
        ...optional('scripting', scripting === undefined ? undefined : (raw(scripting) as doc.Scripting)),
        ...(copy(entry, ['observability']) as { readonly observability?: doc.Observability }),
      }
    }
  }
}

const toolName = (item: Raw, index: number) =>
  typeof item.ref === 'string' ? (item.ref.split('.')[1] ?? item.ref) : `tool-${index}`

/** A REST operation without a name has that of its flow, else of its method (spec §5). */
function operationName({ ref, method }: Raw, _: number, taken: ReadonlyMap<string, unknown>): string {
  const flow = typeof ref === 'string' ? ref.split('.')[1] : undefined
  return flow === undefined || taken.has(flow) ? String(method).toLowerCase() : flow
}

function exposedInputs(of: Raw, at: string, reader: Reader): doc.Named<doc.ExposedInput> {
  return reader.named(
    of.inputParameters,
    child(at, 'inputParameters'),
    'parameters',
    (item) => copy(item, ['in', 'type', 'required', 'description', 'pattern', 'value']) as unknown as doc.ExposedInput,
  )
}

function exposedResources(entry: Raw, pointer: string, reader: Reader): doc.Named<doc.ExposedResource> {
  const readResource = (resource: Raw, at: string): doc.ExposedResource => ({
    path: String(resource.path),
    ...copy(resource, ['description', 'forward']),
    inputParameters: exposedInputs(resource, at, reader),
    operations: reader.named(
      resource.operations,
      child(at, 'operations'),
      'operations',
      (operation, opAt) => ({
        ...unit(operation, opAt, reader),
        ...copy(operation, ['ref', 'responses', 'responseBinary']),
        method: operation.method as doc.ExposedOperation['method'],
        inputParameters: exposedInputs(operation, opAt, reader),
      }),
      operationName,
    ),
  })
  return reader.named(entry.resources, child(pointer, 'resources'), 'resources', readResource, (r) => String(r.path))
}

function tool(item: Raw, at: string, reader: Reader): doc.Tool {
  return {
    ...unit(item, at, reader),
    ...copy(item, ['ref']),
    inputParameters: inputs(item, at, reader),
    hints: raw(item.hints) as doc.Hints,
  }
}

function skills(entry: Raw, pointer: string, reader: Reader): doc.Named<doc.Skill> {
  return reader.named(entry.skills, child(pointer, 'skills'), 'skills', (skill, at) => ({
    description: String(skill.description),
    ...copy(skill, [
      'license',
      'compatibility',
      'metadata',
      'allowed-tools',
      'argument-hint',
      'user-invocable',
      'disable-model-invocation',
      'location',
    ]),
    tools: reader.named(skill.tools, child(at, 'tools'), 'skill tools', (item) => ({
      description: String(item.description ?? ''),
      ...copy(item, ['from', 'instruction']),
    })),
  }))
}
