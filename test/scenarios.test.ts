/**
 * The scenario matrix: what a caller gets is written once, in scenarios/*.yaml, and must come true on every surface.
 * A file holds one capability and its cases. In it `http://upstream.test` stands for a real loopback upstream.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { OperationError, type OperationErrorCode } from '../src/index.ts'
import { problemOf } from '../src/surfaces/problem.ts'
import { exhaustive } from './support/sampled.ts'
import { writeCapability } from './support/serve.ts'
import { type Answer, type Call, type Fault, type Surface, surfaces } from './support/surfaces.ts'
import {
  type Ending,
  type Exchange,
  parsed,
  type RecordedRequest,
  type StubUpstream,
  startUpstream,
} from './support/upstream.ts'

interface ScenarioFile {
  readonly capability: object
  readonly companion?: object
  /** Other files beside the capability. */
  readonly files?: Readonly<Record<string, string>>
  readonly cases: readonly Scenario[]
}

interface Scenario {
  readonly title: string
  /** Name of the flow, its route and its tool. */
  readonly call: string
  readonly input?: Readonly<Record<string, unknown>>
  readonly environment?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  readonly maxAnswerBytes?: number
  readonly upstream?: readonly Exchange[]
  readonly expect: Expected
  /** What the upstream saw, in order. Absent: every exchange happened, once. */
  readonly requests?: readonly ExpectedRequest[]
  /** Why REST has no address for this input, so that it answers 404 there. */
  readonly restHasNoAddress?: string
}

type Expected = ExpectedValue | { readonly noContent: true } | { readonly error: ExpectedFault }

interface ExpectedValue {
  readonly value: unknown
  /** On surfaces that have one. Default 200. */
  readonly status?: number
}

interface ExpectedFault {
  readonly code: OperationErrorCode
  /** On surfaces that have one. */
  readonly status: number
  /** Exactly these, in this order. Default none. */
  readonly pointers?: readonly string[]
  readonly contains?: readonly string[]
  readonly lacks?: readonly string[]
  /** Default false. */
  readonly retryable?: boolean
  readonly retryAfterSeconds?: number
}

/** Absent members are not compared; a header that is null must be absent, a body that is '' must be empty. */
interface ExpectedRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: unknown
}

type AtEnd = NonNullable<Ending['atEnd']>

const folder = new URL('scenarios/', import.meta.url)

// Most of a case is waiting: for connections, and in some for the time to be over.
vi.setConfig({ maxConcurrency: 10 })

for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.yaml'))) {
  const file = parse(readFileSync(new URL(name, folder), 'utf8'), { merge: true }) as ScenarioFile
  describe.concurrent(name.replace('.yaml', ''), () => {
    for (const [i, scenario] of file.cases.entries())
      describe(scenario.title, () => {
        test.for(surfacesOf(i))('over %s', (over, { onTestFinished }) => run(file, scenario, over, onTestFinished))
      })

    test('says nothing that is not compared', () => {
      expect(file.cases.flatMap(strangers)).toEqual([])
    })
  })
}

/** REST for each case, and one of the other ways in turn; `EXHAUSTIVE=1`: all. */
function surfacesOf(index: number): readonly string[] {
  const all = Object.keys(surfaces)
  const others = all.filter((name) => name !== 'REST')
  return exhaustive ? all : ['REST', ...others.slice(index % others.length).slice(0, 1)]
}

const known = {
  case: /^(title|call|input|environment|timeoutMs|maxAnswerBytes|upstream|expect|requests|restHasNoAddress)$/,
  expect: /^(value|status|noContent|error)$/,
  error: /^(code|status|pointers|contains|lacks|retryable|retryAfterSeconds)$/,
  request: /^(method|path|headers|body)$/,
  response: /^(status|headers|json|text|base64|delayMs|afterRequests|reset|hang)$/,
}

/** Misspelt members: the runner would pass over them. */
function strangers(scenario: Scenario): readonly string[] {
  const { title, expect, requests = [], upstream = [] } = scenario
  const parts: readonly (readonly [keyof typeof known, object])[] = [
    ['case', scenario],
    ['expect', expect],
    ['error', 'error' in expect ? expect.error : {}],
    ...[...requests, ...upstream.map(({ request }) => request)].map((part) => ['request', part] as const),
    ...upstream.map(({ response }) => ['response', response] as const),
  ]
  return parts.flatMap(([part, value]) => {
    const names = Object.keys(value).filter((name) => !known[part].test(name))
    return names.map((name) => `${title}: ${part} has no "${name}"`)
  })
}

async function run(file: ScenarioFile, scenario: Scenario, over: string, atEnd: AtEnd) {
  const upstream = await startUpstream(scenario.upstream, { atEnd })
  const surface = surfaces[over] as Surface
  const answer = await surface(await prepare(file, scenario, upstream, atEnd))
  expect(upstream.unexpected).toEqual([])
  const unaddressed = over === 'REST' && scenario.restHasNoAddress !== undefined
  compare(answer, unaddressed ? { error: { code: 'not-found', status: 404 } } : scenario.expect)
  compareRequests(upstream.requests, scenario)
}

async function prepare(file: ScenarioFile, scenario: Scenario, upstream: StubUpstream, atEnd: AtEnd): Promise<Call> {
  const { timeoutMs, maxAnswerBytes, environment = {} } = scenario
  const live = (text: string) => text.replaceAll('http://upstream.test', upstream.url)
  const capability = live(JSON.stringify(only(scenario.call, file.capability)))
  const files = Object.fromEntries(Object.entries(file.files ?? {}).map(([path, text]) => [path, live(text)]))
  const companion = file.companion && only(scenario.call, file.companion)
  return {
    file: await writeCapability(capability, { companion, files, atEnd }),
    operation: scenario.call,
    input: scenario.input ?? {},
    options: {
      atEnd,
      environment,
      // Who is asked first is another matter.
      allowUnconfirmed: true,
      upstream: {
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(maxAnswerBytes === undefined ? {} : { maxAnswerBytes }),
      },
    },
  }
}

/** Where the parts of a flow stand: in either dialect, in the surfaces, in the companion. */
const byFlow = new Set(['flows', 'functions', 'tools', 'operations', 'inputs', 'outputs'])

/** A capability or companion with one flow, its route and its tool: a case does not pay for the others. */
function only<T>(flow: string, node: T): T {
  if (typeof node !== 'object' || node === null) return node
  if (Array.isArray(node)) return node.map((item) => only(flow, item)) as T
  const members = Object.entries(node).map(([key, value]) => [
    key,
    key === 'consumes' ? value : byFlow.has(key) ? named(flow, value) : only(flow, value),
  ])
  return Object.fromEntries(members)
}

/** The entries of a list or map that are called `flow` or `namespace.flow`. */
function named(flow: string, entries: object): object {
  const fits = (name: string) => name === flow || name.endsWith(`.${flow}`)
  if (Array.isArray(entries)) return entries.filter(({ name }) => fits(name))
  return Object.fromEntries(Object.entries(entries).filter(([name]) => fits(name)))
}

function compare(answer: Answer, expected: Expected) {
  if ('error' in expected) return compareFault(answer, expected.error)
  if ('noContent' in expected) return expect(answer).toEqual({ type: 'nothing' })
  const { value, status = 200 } = expected
  expect(answer.type, JSON.stringify(answer)).toBe('value')
  expect(answer).toStrictEqual('status' in answer ? { type: 'value', value, status } : { type: 'value', value })
}

function compareFault(answer: Answer, expected: ExpectedFault) {
  expect(answer.type, JSON.stringify(answer)).toBe('fault')
  const fault = answer as Fault
  expect(fault).toMatchObject({
    title: problemOf(new OperationError(expected.code, '')).body.title,
    pointers: expected.pointers ?? [],
    retryable: expected.retryable ?? false,
  })
  if (fault.status !== undefined) expect(fault.status).toBe(expected.status)
  expect(fault.retryAfterSeconds).toBe(expected.retryAfterSeconds)
  for (const text of expected.contains ?? []) expect(fault.text).toContain(text)
  for (const text of expected.lacks ?? []) expect(fault.text).not.toContain(text)
}

function compareRequests(seen: readonly RecordedRequest[], { requests, upstream = [] }: Scenario) {
  const expected: readonly ExpectedRequest[] = requests ?? upstream.map(({ request }) => request)
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toHaveLength(expected.length)
  expected.forEach(({ method, path, headers = {}, body }, i) => {
    const request = seen[i] as RecordedRequest
    if (method !== undefined) expect(request.method).toBe(method)
    if (path !== undefined) expect(request.path).toBe(path)
    for (const [header, value] of Object.entries(headers)) expect(request.headers[header] ?? null).toBe(value)
    if (body !== undefined) expect(parsed(request.body)).toEqual(body)
  })
}
