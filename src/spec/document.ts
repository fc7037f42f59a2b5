/**
 * The document: a valid capability file in one form, whatever its dialect. Names are the spec's (§1–§5), collections
 * are maps in the order of the text. `pointer` says where a section entry stands in the source.
 */

import type { AnswerFormat, Json, JsonSchema, Method, ParameterType, Semantics } from '../plan.ts'

export type Named<T> = ReadonlyMap<string, T>

export interface Document {
  /** `ikanos 1.0.0-beta5`, as the file says it. */
  readonly format: string
  readonly info: Info
  readonly binds: readonly Binding[]
  readonly consumes: readonly Consumes[]
  readonly aggregates: readonly Aggregate[]
  readonly exposes: readonly Exposes[]
}

export interface Info {
  readonly display?: string
  readonly description?: string
  readonly version?: string
  readonly tags: readonly string[]
  readonly created?: string
  readonly modified?: string
}

export interface Binding {
  readonly pointer: string
  readonly namespace: string
  readonly location?: string
  readonly keys: Named<string>
}

export interface Consumes {
  readonly pointer: string
  readonly namespace: string
  readonly description?: string
  readonly baseUri: string
  readonly inputParameters: Named<ConsumedInput>
  readonly authentication?: AnyAuthentication
  /** Only one that may be done without gets here. */
  readonly tunnel?: { readonly fallback: 'direct' }
  readonly resources: Named<ConsumedResource>
}

export interface ConsumedInput {
  readonly in: 'query' | 'header' | 'path' | 'cookie' | 'body' | 'environment'
  readonly value?: string | number | boolean
  readonly type?: ParameterType
  readonly required?: boolean
  readonly description?: string
}

export interface ConsumedResource {
  readonly path: string
  readonly description?: string
  readonly inputParameters: Named<ConsumedInput>
  readonly operations: Named<ConsumedOperation>
}

export interface ConsumedOperation {
  /** Below the path of the resource; only in published files. */
  readonly path?: string
  readonly method: Method
  readonly description?: string
  readonly inputParameters: Named<ConsumedInput>
  readonly body?: string | { readonly type: string; readonly data: Json }
  /** Default json; `text` is no word of the format. */
  readonly outputRawFormat?: 'json' | AnswerFormat
  readonly outputSchema?: string
  readonly outputMediaType?: string
  /** Bytes, or a number with its unit, e.g. `10MiB`. */
  readonly maxBinarySize?: number | string
  /** How a step keeps the answer (§4.2); other callers get the answer itself. */
  readonly outputParameters?: readonly Output[]
}

export type Authentication =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'apikey'; readonly key: string; readonly value: string; readonly placement: 'header' | 'query' }

export interface Digest {
  readonly type: 'digest'
  readonly username: string
  readonly password: string
}

/** Of either side; which keys it needs depends on the side. */
export interface OAuth2 {
  readonly type: 'oauth2'
  readonly tokenEndpoint?: string
  readonly authorizationServerUri?: string
  readonly scopes: readonly string[]
  readonly audience?: string
  readonly resource?: string
  /** Of callers. Default jwks. */
  readonly tokenValidation?: 'jwks' | 'introspection'
}

/** How an upstream is told who calls, or a caller of ours says it: with a credential that is sent, or by an exchange. */
export type AnyAuthentication = Authentication | Digest | OAuth2

export interface Aggregate {
  readonly pointer: string
  readonly namespace: string
  /** The namespace that an imported entry has in its own file, where it has another one here. */
  readonly formerly?: string
  readonly display?: string
  readonly flows: Named<Flow>
}

/** What flows, tools and REST operations have in common: how they run and what they answer. */
export interface Unit {
  readonly display?: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly call?: string
  readonly with: Named<Json>
  /** Absent = none declared. */
  readonly steps?: Named<Step>
  readonly mappings?: readonly StepMapping[]
  /** Absent = none declared. */
  readonly outputParameters?: readonly Output[]
}

export type Step = CallStep | LookupStep | ScriptStep

export interface CallStep {
  readonly type: 'call'
  readonly call: string
  readonly with: Named<Json>
}

export interface LookupStep {
  readonly type: 'lookup'
  readonly index: string
  readonly match: string
  readonly lookupValue: string
  readonly outputParameters: readonly string[]
}

export interface ScriptStep {
  readonly type: 'script'
  /** One of `file` and `source` is there, which is told when scripts are read. */
  readonly file?: string
  /** The script itself, run after the file where there is one; ours, no word of the format. */
  readonly source?: string
  readonly language?: string
  readonly location?: string
  readonly dependencies: readonly string[]
  readonly with: Named<Json>
}

export interface StepMapping {
  readonly target: string
  readonly value: string
}

export interface Flow extends Unit {
  readonly semantics: Semantics
  readonly inputParameters: Named<Input>
}

export interface Input {
  /** Absent = any value: an inferred input whose type nothing says. */
  readonly type?: ParameterType
  readonly description?: string
  readonly required: boolean
  /** Only REST parameters have one in the format; elsewhere the companion file says it. */
  readonly pattern?: string
}

export interface Output {
  readonly name?: string
  readonly type: ParameterType
  readonly mapping?: string
  readonly value?: string | number | boolean
  readonly const?: Json
  readonly maxLength?: number
  readonly properties?: Named<Output>
  readonly items?: Output
}

export type Exposes = ExposesRest | ExposesMcp | ExposesSkill | ExposesControl

interface Listener {
  readonly pointer: string
  readonly namespace: string
  /** The namespace that an imported entry has in its own file, where it has another one here. */
  readonly formerly?: string
  readonly address?: string
  readonly port: number
  readonly authentication?: AnyAuthentication
  readonly description?: string
}

export interface ExposesRest extends Listener {
  readonly type: 'rest'
  /** Of every answer in bytes; the smaller limit wins, here or with the consumed operation. */
  readonly maxBinarySize?: number | string
  readonly inputParameters: Named<ExposedInput>
  readonly resources: Named<ExposedResource>
}

export interface ExposedResource {
  readonly path: string
  readonly description?: string
  readonly inputParameters: Named<ExposedInput>
  readonly operations: Named<ExposedOperation>
  readonly forward?: Forward
}

/** Requests of a resource go to a consumed API as they are. */
export interface Forward {
  readonly targetNamespace: string
  /** Names of the headers that go with them. */
  readonly trustedHeaders?: readonly string[]
}

export interface ExposedInput {
  readonly in: 'query' | 'header' | 'path' | 'cookie' | 'body'
  readonly type: ParameterType
  readonly required?: boolean
  readonly description?: string
  readonly pattern?: string
  readonly value?: string | number | boolean
}

export interface ExposedOperation extends Unit {
  readonly method: Method
  readonly ref?: string
  readonly inputParameters: Named<ExposedInput>
  /** By status. */
  readonly responses?: Readonly<Record<string, Response>>
  /** Short for one of them. */
  readonly responseBinary?: { readonly status?: number; readonly mediaType: string; readonly description?: string }
}

export interface Response {
  readonly description?: string
  /** By media type. */
  readonly content?: Readonly<Record<string, { readonly binary?: boolean; readonly schema?: JsonSchema }>>
}

export interface ExposesMcp extends Listener {
  readonly type: 'mcp'
  readonly transport: 'http' | 'stdio'
  /** Of every answer in bytes; the smaller limit wins, here or with the consumed operation. */
  readonly maxBinarySize?: number | string
  readonly ttlMs: number
  readonly cacheScope: 'public' | 'private'
  readonly tools: Named<Tool>
  readonly resources: Named<McpResource>
  readonly prompts: Named<Prompt>
}

export interface Tool extends Unit {
  readonly ref?: string
  readonly inputParameters: Named<Input>
  readonly hints: Hints
}

export interface Hints {
  readonly readOnly?: boolean
  readonly destructive?: boolean
  readonly idempotent?: boolean
  readonly openWorld?: boolean
}

/** What clients read (spec-servers §4.8): a folder at `location`, or what it calls. */
export interface McpResource extends Unit {
  readonly uri: string
  readonly mimeType?: string
  readonly binary?: boolean
  readonly location?: string
}

/** A prompt (spec-servers §4.9). */
export interface Prompt {
  readonly display?: string
  readonly description: string
  readonly arguments: Named<PromptArgument>
  /** Of a file at `location` it is one message, once the file is read. */
  readonly template: readonly PromptMessage[]
  readonly location?: string
}

export interface PromptArgument {
  readonly display?: string
  readonly description: string
  readonly required: boolean
}

export interface PromptMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

export interface ExposesSkill extends Listener {
  readonly type: 'skill'
  readonly skills: Named<Skill>
}

export interface Skill {
  readonly description: string
  readonly license?: string
  readonly compatibility?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly 'allowed-tools'?: string
  readonly 'argument-hint'?: string
  readonly 'user-invocable'?: boolean
  readonly 'disable-model-invocation'?: boolean
  readonly location?: string
  readonly tools: Named<SkillTool>
}

export interface SkillTool {
  readonly description: string
  readonly from?: { readonly sourceNamespace: string; readonly action: string }
  readonly instruction?: string
}

export interface ExposesControl extends Listener {
  readonly type: 'control'
  readonly management: Management
  readonly scripting?: Scripting
  readonly observability?: Observability
}

/** Which of its own routes a control surface has (spec-servers §6). */
export interface Management {
  readonly health: boolean
  readonly info: boolean
  readonly reload?: boolean
  readonly validate?: boolean
  readonly logs?: boolean | Logs
}

export interface Logs {
  /** Default true. */
  readonly 'level-control'?: boolean
  /** Default true. */
  readonly stream?: boolean
  /** Default 5. */
  readonly 'max-subscribers'?: number
}

/** What is kept and told of calls (§6.1). */
export interface Observability {
  /** Default true. */
  readonly enabled?: boolean
  readonly metrics?: { readonly local?: { readonly enabled?: boolean } }
  readonly traces?: {
    /** 0 to 1. Default 1. */
    readonly sampling?: number
    readonly propagation?: 'w3c' | 'b3'
    readonly local?: { readonly enabled?: boolean; readonly 'buffer-size'?: number }
  }
  readonly exporters?: { readonly otlp?: { readonly endpoint: string } }
}

/** What governs the script steps of the whole capability (§4.4). */
export interface Scripting {
  /** Default true. */
  readonly enabled?: boolean
  /** Milliseconds. */
  readonly timeout?: number
  readonly statementLimit?: number
  readonly defaultLocation?: string
  readonly defaultLanguage?: string
  /** Absent or empty = all. */
  readonly allowedLanguages?: readonly string[]
}
