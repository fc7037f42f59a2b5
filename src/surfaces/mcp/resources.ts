/** The resources of an MCP surface: files of its folders, and what operations answer (spec-servers §4.8). */

import type { McpPlan } from '../../plan.ts'
import type { Call } from '../../runtime/call.ts'
import type { Runtime } from '../../runtime/runtime.ts'

/** A Resource object as it goes on the wire. */
export interface ListedResource {
  readonly uri: string
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly mimeType?: string
  /** In bytes. */
  readonly size?: number
}

/** A ResourceTemplate object as it goes on the wire. */
export interface ListedTemplate {
  readonly uriTemplate: string
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly mimeType?: string
}

export type ResourceContents = { readonly uri: string; readonly mimeType?: string } & (
  | { readonly text: string }
  | { readonly blob: string }
)

export interface Resources {
  readonly listed: readonly ListedResource[]
  readonly templates: readonly ListedTemplate[]
  /** What is at a URI; undefined when nothing is. Rejects with OperationError. */
  readonly read: (uri: string, call: Call) => Promise<readonly ResourceContents[]> | undefined
}

/** Reads the folders of static resources, relative `file:` URIs from `directory`. Throws StartError. */
export async function createResources(_plan: McpPlan, _runtime: Runtime, _directory: string): Promise<Resources> {
  return { listed: [], templates: [], read: () => undefined }
}
