/**
 * The scenario matrix: what a caller gets is written once, in scenarios/*.yaml, and must come true on every surface.
 * A file holds one capability and its cases. In it `http://upstream.test` stands for a real loopback upstream.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { OperationError, type OperationErrorCode } from '../src/index.ts'
import { problemOf } from '../src/surfaces/problem.ts'
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

type Expected = { readonly value: unknown } | { readonly noContent: true } | { readonly error: ExpectedFault }

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
vi.setConfig({ maxConcurrency: 16 })

for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.yaml'))) {
  const file = parse(readFileSync(new URL(name, folder), 'utf8'), { merge: true }) as ScenarioFile
  describe.concurrent(name.replace('.yaml', ''), () => {
    describe.each(file.cases)('$title', (scenario) => {
      test.for(Object.keys(surfaces))('over %s', (over, { onTestFinished }) =>
        run(file, scenario, over, onTestFinished),
      )
    })
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
  const capability = JSON.stringify(file.capability).replaceAll('http://upstream.test', upstream.url)
  return {
    file: await writeCapability(capability, { companion: file.companion, files: file.files, atEnd }),
    operation: scenario.call,
    input: scenario.input ?? {},
    options: {
      atEnd,
      environment,
      upstream: {
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(maxAnswerBytes === undefined ? {} : { maxAnswerBytes }),
      },
    },
  }
}

function compare(answer: Answer, expected: Expected) {
  if ('error' in expected) return compareFault(answer, expected.error)
  if ('noContent' in expected) return expect(answer).toEqual({ type: 'nothing' })
  expect(answer).toStrictEqual({ type: 'value', value: expected.value })
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
