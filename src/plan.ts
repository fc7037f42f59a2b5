/**
 * The plan: what a capability compiles to. Types only. It is the contract between compile/ and everything after it:
 * pure data apart from compiled JSONPaths and validators, which print as their source.
 */

import type { InputFault } from './errors.ts'
import type { JsonPath } from './text/json-path.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonSchema = { readonly [keyword: string]: Json }

export interface Plan {
  readonly capability: CapabilityInfo
  readonly binds: readonly BindPlan[]
  readonly upstreams: readonly UpstreamPlan[]
  /** Everything that can be run: the flows, then what is written inline under a surface, resources included. */
  readonly operations: readonly OperationPlan[]
  readonly surfaces: readonly SurfacePlan[]
  /** Absent = whoever may call a surface may call all of it. */
  readonly roles?: readonly RolePlan[]
  /** Absent = there are no scripts, and nothing is said about them. */
  readonly scripting?: ScriptingPlan
  /** Absent = what applies where a capability says nothing (spec §6.1). */
  readonly observability?: ObservabilityPlan
}

/** What is kept and told of calls (spec §6.1). */
export interface ObservabilityPlan {
  readonly enabled: boolean
  /** Told by the control surface. */
  readonly metrics: boolean
  readonly traces: {
    /** Share of the traces that is kept, 0 to 1. */
    readonly sampling: number
    readonly propagation: 'w3c' | 'b3'
    /** How many the control surface tells; absent = none. */
    readonly kept?: number
  }
  /** Address of a collector. */
  readonly otlp?: Value
}

export interface CapabilityInfo {
  /** The file's stem, e.g. `orders` for `orders.ikanos.yml`. */
  readonly name: string
  readonly title: string
  readonly description: string
  readonly version: string
  /** The format and its version as the file says it, e.g. `ikanos 1.0.0-beta5`. */
  readonly format: string
  readonly tags: readonly string[]
}

/** A declared variable and where its value comes from at start (spec §1.5). */
export interface BindPlan {
  readonly namespace: string
  readonly variable: string
  readonly key: string
  /** A parameter from the environment that is not set is not sent; default: a start without it is refused. */
  readonly optional?: true
  /** Callers of a role bring it: without a value none does, and nothing stands in for it. */
  readonly brought?: true
  /** URI of the file that holds the key; absent = the process environment. */
  readonly location?: string
}

/** Where a value of a request comes from. Everything a name can mean was decided at load. */
export type Value =
  | { readonly type: 'literal'; readonly value: Json }
  | { readonly type: 'input'; readonly name: string; readonly path?: readonly string[] }
  | { readonly type: 'bind'; readonly variable: string }
  /** What an earlier step answered; a member of it for a template (`{{step.x}}`), whatever a path finds for `$.step.x`. */
  | { readonly type: 'step'; readonly name: string; readonly path?: readonly string[] | JsonPath }
  | { readonly type: 'text'; readonly source: string; readonly parts: readonly (string | Value)[] }
  | { readonly type: 'array'; readonly items: readonly Value[] }
  | { readonly type: 'object'; readonly members: readonly (readonly [string, Value])[] }

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS'

/** A consumed API (spec §2). `baseUri` and `authentication` depend on literals and binds only. */
export interface UpstreamPlan {
  readonly namespace: string
  readonly baseUri: Value
  readonly authentication?: UpstreamAuthenticationPlan
  /** Absent = what applies to every upstream. */
  readonly limits?: UpstreamLimitsPlan
}

/** What the companion says of the calls to an upstream. Times in seconds; what is absent has a default at run time. */
export interface UpstreamLimitsPlan {
  /** Longest time for one call, with all its steps and repeats. */
  readonly timeout?: number
  /** How often a request that does no harm twice is sent again. */
  readonly retries?: number
  /** Bounds of the pauses before. */
  readonly backoff?: { readonly first?: number; readonly longest?: number }
  /** Requests at a time. */
  readonly concurrency?: number
  /** Requests that may wait for their turn. */
  readonly queue?: number
  readonly rateLimit?: UpstreamRatePlan
  /** When nothing is sent for a while; false = it is sent all the same. */
  readonly breaker?: false | BreakerPlan
}

/** How often an upstream may be asked. `window` in seconds. */
export interface UpstreamRatePlan {
  readonly requests: number
  readonly window: number
  /** Parameters of its operations whose values are counted each by itself. Absent = all requests together. */
  readonly by?: readonly string[]
}

/** After so many failures in a row, or once a share (0 to 1) of at least so many calls in a window failed. */
export interface BreakerPlan {
  readonly failures?: number
  readonly pause?: number
  readonly share?: number
  readonly calls?: number
  readonly window?: number
}

export type AuthenticationPlan =
  | { readonly type: 'basic'; readonly username: Value; readonly password: Value }
  | { readonly type: 'bearer'; readonly token: Value }
  | { readonly type: 'apikey'; readonly key: Value; readonly value: Value; readonly placement: 'header' | 'query' }

/** A name and a password that are never sent (RFC 7616). */
export interface DigestPlan {
  readonly type: 'digest'
  readonly username: Value
  readonly password: Value
}

/** Tokens of an authorization server, which callers of a surface must bring (spec-servers §2.3). */
export interface TokenPlan {
  readonly type: 'oauth2'
  readonly authorizationServerUri: Value
  /** What this surface is called in tokens and in its metadata (RFC 9728). */
  readonly resource: Value
  /** What tokens must be for. Absent = the resource. */
  readonly audience?: Value
  /** What every token must carry. */
  readonly scopes: readonly string[]
  /** Where callers get tokens, for those who read the description. */
  readonly tokenEndpoint?: Value
  /** The client that asks the authorization server about tokens (RFC 7662). Absent = they are signed (RFC 9068). */
  readonly introspection?: { readonly clientId: Value; readonly clientSecret: Value }
}

/** Who may call a surface. */
export type CallerAuthenticationPlan = AuthenticationPlan | DigestPlan | TokenPlan

/** How an upstream is told who calls: as a caller of ours would, or by an exchange with it. */
export type UpstreamAuthenticationPlan =
  | AuthenticationPlan
  | DigestPlan
  | {
      readonly type: 'oauth2'
      readonly clientId: Value
      readonly clientSecret: Value
      /** Absent = found at `authorizationServerUri`. */
      readonly tokenEndpoint?: Value
      readonly authorizationServerUri?: Value
      readonly scopes: readonly Value[]
      readonly audience?: Value
      readonly resource?: Value
    }

/** MCP tool annotations and the retry rule come from here (spec §5). */
export interface Semantics {
  readonly safe?: boolean
  readonly idempotent?: boolean
  readonly cacheable?: boolean
}

/** Something that can be called: one input, one run, one output. Every surface calls the same one. */
export interface OperationPlan {
  /** `namespace.flow`, or `surface-namespace.name` for one written inline. */
  readonly name: string
  /** The flow that it changes, whose policy and roles hold for it. Absent = it has a name of its own for that. */
  readonly flow?: string
  readonly title?: string
  readonly description: string
  readonly semantics: Semantics
  readonly input: InputPlan
  readonly output: OutputPlan
  readonly run: RunPlan
  readonly policy?: PolicyPlan
  /** Something gets lost. Absent = nothing that anybody has to be asked about. */
  readonly confirmation?: ConfirmationPlan
  /** How it looks before it writes. Absent = it can't. */
  readonly check?: CheckPlan
  /** For how long the same call of an agent counts as a repetition, in seconds; 0 = never. Absent = by its semantics. */
  readonly repeatWindow?: number
  /** How much of its answer an agent is handed at once. Absent = as the surface says. */
  readonly answer?: AnswerBoundsPlan
}

/** What somebody is asked before something is lost. */
export interface ConfirmationPlan {
  /** What is about to happen; of inputs only. */
  readonly message: Value
  /** Reads what would be lost. Absent = the message and the inputs say all. */
  readonly shows?: ShownPlan
  /** Any of them asks. Absent = every call does. */
  readonly when?: readonly ConfirmRulePlan[]
  /** How long an approval is open, in seconds. Absent = an hour. */
  readonly expires?: number
}

/** Which calls somebody is asked about; paths lead into the input. `first` = the first one of a caller. */
export type ConfirmRulePlan =
  | { readonly type: 'count' | 'value'; readonly path: JsonPath; readonly over: number }
  | { readonly type: 'is'; readonly path: JsonPath; readonly value: Json }
  | { readonly type: 'present'; readonly path: JsonPath }
  | { readonly type: 'first' }

/** A safe operation that reads what another one is about. */
export interface ReadPlan {
  /** By its name. */
  readonly flow: string
  /** The inputs that are handed on to it. */
  readonly inputs: readonly string[]
}

/** What is there is read before anything is written. */
export interface CheckPlan extends ReadPlan {
  /** Finds something in what is read, other than null and false, when there is nothing left to do. */
  readonly done?: JsonPath
  /** What is told then; of inputs only. */
  readonly message?: Value
  /** Whether nobody has to ask for it. */
  readonly always?: true
  /** What a dry run compares. Absent = nothing, and it reads nothing. */
  readonly compares?: readonly ComparePlan[]
}

/** A part of what is there, and what a write would put in its place. */
export interface ComparePlan {
  readonly name: string
  /** Into what is read; the first that finds something. */
  readonly there: readonly JsonPath[]
  /** Into the body of the request that writes. */
  readonly sent: JsonPath
  /** Members that tell the elements of a list apart, the first one that does. None = their positions do. */
  readonly by: readonly string[]
}

export interface ShownPlan extends ReadPlan {
  /** What is told of its answer, each with a label. Absent = its first values. */
  readonly values?: readonly (readonly [label: string, JsonPath])[]
}

/** How much of an answer an agent is handed at once. */
export interface AnswerBoundsPlan {
  /** Of its JSON. Absent = 64 KiB. */
  readonly maxBytes?: number
  /** Of its list. Absent = as many as fit. */
  readonly maxItems?: number
}

/** What must hold before an operation runs, from the companion file. */
export interface PolicyPlan {
  /** What a token must carry, where callers bring one. */
  readonly scopes: readonly string[]
}

/** What callers of one kind may run, and what they are known by; from the companion file. */
export interface RolePlan {
  readonly name: string
  /** Operations by name. */
  readonly operations: readonly string[]
  readonly forwards: ForwardedPlan
  /** Scopes of tokens, any of which gives it. */
  readonly scopes: readonly string[]
  /** Variables of binds, each with a credential that gives it. */
  readonly tokens: readonly string[]
}

/** What may be forwarded: whatever a surface forwards, what only reads, nothing. */
export type ForwardedPlan = 'all' | 'reading' | 'none'

/** One ajv validator an operation, the same on every surface. `validate` answers the faults, none when it fits. */
export interface InputPlan {
  readonly schema: JsonSchema
  readonly validate: (input: Readonly<Record<string, unknown>>) => readonly InputFault[]
}

export interface OutputPlan {
  readonly schema?: JsonSchema
  /** Absent = the upstream's answer as it is. */
  readonly projection?: Projection
  /** The answer is bytes, which nothing maps; their media type when the capability says it, else the upstream does. */
  readonly binary?: { readonly mediaType?: string }
}

/** A compiled output mapping (spec §2.7). Paths are relative to the value the projection is applied to. */
export type Projection =
  | { readonly type: 'literal'; readonly value: Json }
  | { readonly type: 'scalar'; readonly as: ScalarType; readonly path: JsonPath; readonly maxLength?: number }
  | { readonly type: 'copy'; readonly as: 'object' | 'array'; readonly path: JsonPath }
  | { readonly type: 'array'; readonly path: JsonPath; readonly items: Projection }
  | {
      readonly type: 'object'
      readonly path?: JsonPath
      readonly properties: readonly (readonly [string, Projection])[]
    }
  | { readonly type: 'first'; readonly of: readonly Projection[] }

export type ScalarType = 'string' | 'number' | 'integer' | 'boolean'

export type RunPlan =
  | { readonly type: 'call'; readonly request: RequestPlan }
  | { readonly type: 'mock'; readonly value: Value }
  | StepsPlan

/** Several steps and what is answered of them (spec §4). */
export interface StepsPlan {
  readonly type: 'steps'
  /** In the order of the text. */
  readonly steps: readonly StepPlan[]
  readonly answer: StepsAnswerPlan
}

export type StepPlan = CallStepPlan | LookupStepPlan | ScriptStepPlan

interface NamedStepPlan {
  readonly name: string
  /** Indexes of the steps that must have answered before this one starts. */
  readonly after: readonly number[]
}

export interface CallStepPlan extends NamedStepPlan {
  readonly type: 'call'
  readonly request: RequestPlan
  /** What a repeat of this request does. */
  readonly semantics: Semantics
  /** Of the consumed operation (spec §4.2). Absent = the answer is kept as it is. */
  readonly output?: StepOutputPlan
}

/** An object answer is projected to the named outputs, a list's elements keep their members and gain them. */
export type StepOutputPlan =
  | { readonly type: 'named'; readonly properties: readonly (readonly [string, Projection])[] }
  | { readonly type: 'whole'; readonly projection: Projection }

/** Finds the entries of an earlier output whose `match` is, as text, the key or one of the keys (spec §4.3). */
export interface LookupStepPlan extends NamedStepPlan {
  readonly type: 'lookup'
  readonly index: string
  readonly match: string
  readonly key: Value
  readonly fields: readonly string[]
}

/** A script that runs shut off from everything but its context (spec §4.4). */
export interface ScriptStepPlan extends NamedStepPlan {
  readonly type: 'script'
  /** The same object wherever the same step of the text is run. */
  readonly script: ScriptPlan
  /** An object: inputs, outputs of earlier steps, and the step's own values over them. */
  readonly context: Value
}

export interface ScriptPlan {
  readonly language: 'javascript' | 'python'
  /** Dependencies in order, then the script itself. */
  readonly sources: readonly ScriptSource[]
}

export interface ScriptSource {
  /** Path below the location, e.g. `lib/dates.js`. */
  readonly name: string
  readonly text: string
}

export interface ScriptLimits {
  readonly timeoutMs: number
  /** Loop turns and calls. */
  readonly turns: number
}

/** What governs the scripts of the capability: `management.scripting` of the first control surface that has it. */
export interface ScriptingPlan extends ScriptLimits {
  /** Absent = on, unless the environment says otherwise. */
  readonly enabled?: boolean
  readonly defaultLocation?: string
  readonly defaultLanguage?: string
  /** Empty = all. */
  readonly allowedLanguages: readonly string[]
}

/** `mapped`: an object of what the mappings find. `last`: what the call step at `index` answered. */
export type StepsAnswerPlan =
  | { readonly type: 'mapped'; readonly mappings: readonly MappingPlan[]; readonly shape?: Shape }
  | { readonly type: 'last'; readonly index: number }

export interface MappingPlan {
  /** Keys of nested objects, outermost first. */
  readonly target: readonly string[]
  readonly value: Value
}

/** The declared type of a value that mappings put together: what does not fit it is null, what is not declared stays. */
export type Shape =
  | { readonly type: ScalarType }
  | { readonly type: 'array'; readonly items?: Shape }
  | { readonly type: 'object'; readonly properties: readonly (readonly [string, Shape])[] }

/** One upstream request. `path` alternates encoded literal text and values that are encoded as one segment each. */
export interface RequestPlan {
  readonly upstream: string
  readonly operation: string
  readonly method: Method
  readonly path: readonly (string | Value)[]
  readonly query: readonly ParameterPlan[]
  readonly headers: readonly ParameterPlan[]
  /** Sent in one `Cookie` header. */
  readonly cookies?: readonly ParameterPlan[]
  readonly body?: BodyPlan
  /** Absent = JSON. */
  readonly answer?: AnswerPlan
  /** By what its upstream counts it. Absent = with all others. */
  readonly countedBy?: readonly Value[]
}

/** How an answer that is no JSON is read (spec §2.6). */
export interface AnswerPlan {
  readonly format: AnswerFormat
  /** html: a CSS selector of tables or what holds them; markdown: how the headings of wanted sections start; avro, protobuf: the
   * text of the schema. */
  readonly schema?: string
  /** Largest answer read, in bytes, of a binary format. Default: the limit of every answer. */
  readonly maxBytes?: number
}

/** `text` is ours: the answer as one string. */
export type AnswerFormat =
  | 'xml'
  | 'yaml'
  | 'csv'
  | 'tsv'
  | 'psv'
  | 'html'
  | 'markdown'
  | 'avro'
  | 'protobuf'
  | 'binary'
  | 'text'

export interface ParameterPlan {
  readonly name: string
  readonly value: Value
}

/** A body (spec §2.4), built so that a value can't break out of its place. `value` holds every value of it. */
export type BodyPlan =
  | { readonly type: 'json'; readonly value: Value }
  | { readonly type: 'text' | 'xml'; readonly value: Value & { readonly type: 'text' } }
  | {
      readonly type: 'sparql'
      readonly value: Value & { readonly type: 'text' }
      /** Of each placeholder, in order. */
      readonly places: readonly SparqlPlace[]
    }
  | { readonly type: 'form'; readonly value: Value; readonly fields: readonly (readonly [string, Value])[] }
  | { readonly type: 'multipart'; readonly value: Value; readonly parts: readonly PartPlan[] }

export type SparqlPlace = 'string' | 'iri' | 'bare' | 'whole'

/** One part of a multipart form; with a `filename` it is a file. */
export interface PartPlan {
  readonly name: string
  readonly value: Value
  readonly filename?: Value
  readonly contentType?: Value
}

export type SurfacePlan = RestPlan | McpPlan | SkillSurfacePlan | ControlPlan

interface ListenPlan {
  readonly namespace: string
  /** Default `127.0.0.1`. */
  readonly address: string
  readonly port: number
  readonly authentication?: CallerAuthenticationPlan
  /** Of who brings the credential of the surface itself, or none where it asks for none. Absent = everything is allowed. */
  readonly role?: string
  readonly cors?: CorsPlan
  readonly rateLimit?: RateLimitPlan
}

/** Which web pages may call a surface. */
export interface CorsPlan {
  /** In lower case, e.g. `https://app.example.com`; `*` = all. */
  readonly origins: readonly string[]
  /** Whether with the cookies and the credential that the browser has. Default false. */
  readonly credentials?: boolean
  /** Seconds that a browser may remember the answer to its question. */
  readonly maxAge?: number
}

/** How often one caller may ask. */
export interface RateLimitPlan {
  readonly requests: number
  /** In seconds. */
  readonly window: number
  /** What tells callers apart. */
  readonly by: 'address' | 'credential'
}

export interface RestPlan extends ListenPlan {
  readonly type: 'rest'
  readonly routes: readonly RoutePlan[]
  /** Absent = none. */
  readonly forwards?: readonly ForwardPlan[]
}

/** A resource whose requests go to a consumed API as they are (spec-servers §3.6). */
export interface ForwardPlan {
  readonly resource: string
  readonly description: string
  /** Path as OpenAPI writes it. */
  readonly path: string
  /** Without the variable that takes what remains of the path. */
  readonly segments: readonly SegmentPlan[]
  /** Whether it has that variable: what remains of the path goes below the base of the API. */
  readonly open: boolean
  readonly upstream: string
  /** What may go on. Absent = whatever comes. */
  readonly methods?: readonly Method[]
  /** In lower case. */
  readonly trustedHeaders: readonly string[]
  /** Of the API itself; they depend on literals and binds only. */
  readonly query: readonly ParameterPlan[]
  readonly headers: readonly ParameterPlan[]
}

/** A REST operation: how a request becomes the input of an operation. */
export interface RoutePlan {
  readonly name: string
  readonly resource: string
  readonly description: string
  readonly method: Method
  /** Path as OpenAPI writes it, e.g. `/files/{file_id}`. */
  readonly path: string
  readonly segments: readonly SegmentPlan[]
  readonly parameters: readonly RouteParameterPlan[]
  readonly operation: OperationPlan
  /** What the capability says of its answers. */
  readonly responses?: readonly ResponsePlan[]
}

/** A declared answer (spec-servers §3.5). It describes; the status of an answer is the upstream's. */
export interface ResponsePlan {
  /** Three digits, or a class of them, e.g. `4XX`. */
  readonly status: string
  readonly description?: string
  readonly content: readonly MediaTypePlan[]
}

/** Bytes, or JSON of a schema. */
export interface MediaTypePlan {
  readonly mediaType: string
  readonly binary?: true
  readonly schema?: JsonSchema
}

export type SegmentPlan = { readonly literal: string } | { readonly variable: string }

export type RouteParameterPlan =
  | {
      readonly in: 'path' | 'query' | 'header' | 'cookie'
      readonly key: string
      readonly name: string
      readonly as: ParameterType
    }
  | {
      readonly in: 'body'
      readonly key: string
      readonly name: string
      readonly path?: JsonPath
      readonly whole?: true
    }
  /** Whatever the caller sends; of literals and binds only. */
  | { readonly in: 'constant'; readonly name: string; readonly value: Value; readonly as: ParameterType }

export type ParameterType = ScalarType | 'array' | 'object'

export interface McpPlan {
  readonly type: 'mcp'
  readonly transport: 'http' | 'stdio'
  readonly namespace: string
  readonly address: string
  /** 0 for stdio. */
  readonly port: number
  readonly authentication?: CallerAuthenticationPlan
  /** Of who brings the credential of the surface itself, or none where it asks for none. Absent = everything is allowed. */
  readonly role?: string
  readonly cors?: CorsPlan
  readonly rateLimit?: RateLimitPlan
  readonly instructions?: string
  /** What applies to the answers of all its tools. */
  readonly answer?: AnswerBoundsPlan
  readonly ttlMs: number
  readonly cacheScope: 'public' | 'private'
  readonly tools: readonly ToolPlan[]
  /** In the order of the text. */
  readonly resources: readonly ResourcePlan[]
  readonly prompts: readonly PromptPlan[]
}

/** An MCP resource (spec-servers §4.8): a folder of files, or what an operation answers. */
export type ResourcePlan = StaticResourcePlan | DynamicResourcePlan

interface DescribedResource {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Absent = of each file by its extension; of an answer, what the upstream says or JSON. */
  readonly mimeType?: string
}

/** Every file below a folder, at `<uri>/<its path>`. */
export interface StaticResourcePlan extends DescribedResource {
  readonly type: 'static'
  readonly uri: string
  /** `file:` URI of the folder; `file:///./x` is relative to the capability file. */
  readonly location: string
  /** Largest file served, in bytes. Default 10 MiB. */
  readonly maxBytes?: number
}

/** What an operation answers. */
export interface DynamicResourcePlan extends DescribedResource {
  readonly type: 'dynamic'
  /** With variables (`{id}`) it is a URI template of RFC 6570, level 1. */
  readonly uri: string
  /** Literal text and the inputs between it. Without an input it is one resource. */
  readonly parts: readonly (string | { readonly input: string })[]
  readonly operation: OperationPlan
}

/** An MCP prompt (spec-servers §4.9). */
export interface PromptPlan {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly arguments: readonly PromptArgumentPlan[]
  readonly messages: readonly PromptMessagePlan[]
}

export interface PromptArgumentPlan {
  readonly name: string
  readonly title?: string
  readonly description: string
  readonly required: boolean
}

export interface PromptMessagePlan {
  readonly role: 'user' | 'assistant'
  /** Literal text and the arguments between it. */
  readonly parts: readonly (string | { readonly argument: string })[]
}

export interface ToolPlan {
  readonly name: string
  readonly title?: string
  readonly description: string
  readonly annotations: ToolAnnotations
  readonly operation: OperationPlan
}

/** MCP tool annotations; absent = the client's pessimistic default. */
export interface ToolAnnotations {
  readonly title?: string
  readonly readOnlyHint?: boolean
  readonly destructiveHint?: boolean
  readonly idempotentHint?: boolean
  readonly openWorldHint?: boolean
}

export interface SkillSurfacePlan extends ListenPlan {
  readonly type: 'skill'
  readonly description?: string
  readonly skills: readonly SkillPlan[]
}

/** An Agent Skill as the capability declares it. */
export interface SkillPlan {
  readonly name: string
  readonly description: string
  readonly license?: string
  readonly compatibility?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly allowedTools?: string
  readonly argumentHint?: string
  readonly userInvocable?: boolean
  readonly disableModelInvocation?: boolean
  /** `file:` URI of the skill's folder; `file:///./x` is relative to the capability file. */
  readonly location?: string
  readonly tools: readonly SkillToolPlan[]
}

export type SkillToolPlan =
  | {
      readonly type: 'derived'
      readonly name: string
      readonly description: string
      readonly targetNamespace: string
      readonly action: string
      readonly mode: 'rest' | 'mcp'
    }
  | { readonly type: 'instruction'; readonly name: string; readonly description: string; readonly instruction: string }

export interface ControlPlan extends ListenPlan {
  readonly type: 'control'
  readonly health: boolean
  readonly info: boolean
  /** Whether the settings of scripts are told and changed here. */
  readonly scripting?: true
  /** `POST /config/reload`. */
  readonly reload?: boolean
  /** `POST /config/validate`. */
  readonly validate?: boolean
  /** Absent = no `/logs`. */
  readonly logs?: LogsPlan
}

/** Which parts of `/logs` there are. */
export interface LogsPlan {
  readonly levels: boolean
  readonly stream: boolean
  readonly maxSubscribers: number
}
