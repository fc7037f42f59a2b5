/** Runs an Arazzo 1.0.1 workflow over HTTP, as far as ours go: parameters, bodies, criteria, outputs; stops at the first failure. */

// biome-ignore lint/suspicious/noExplicitAny: a document whose shape the linter has checked
type Document = any

interface Answer {
  readonly status: number
  readonly body: Document
}

interface Situation {
  readonly inputs: Readonly<Record<string, unknown>>
  readonly steps: Readonly<Record<string, { readonly outputs: Readonly<Record<string, unknown>> }>>
  readonly answer?: Answer
}

/** The outputs of a workflow. Throws Error naming the step whose criteria do not hold. */
export async function runWorkflow(
  document: Document,
  openapi: Document,
  url: string,
  inputs: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const [workflow] = document.workflows
  let now: Situation = { inputs, steps: {} }
  for (const step of workflow.steps) {
    const answer = await send(step, openapi, url, now)
    const after = { ...now, answer }
    const failed = step.successCriteria.filter(({ condition }: Document) => !holds(condition, after))
    if (failed.length > 0) throw new Error(`${step.stepId}: ${answer.status}, ${JSON.stringify(failed)}`)
    now = { ...now, steps: { ...now.steps, [step.stepId]: { outputs: valuesOf(step.outputs ?? {}, after) } } }
  }
  return valuesOf(workflow.outputs ?? {}, now)
}

async function send(step: Document, { paths }: Document, url: string, now: Situation): Promise<Answer> {
  const [path, method] = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Document).flatMap(([method, one]) =>
      (one as Document).operationId === step.operationId ? [[path, method] as const] : [],
    ),
  )[0] ?? ['', '']
  const given = step.parameters.map((one: Document) => ({ ...one, value: evaluated(one.value, now) }))
  const inPlace = (place: string) => given.filter((one: Document) => one.in === place)
  const filled = inPlace('path').reduce((text: string, one: Document) => text.replace(`{${one.name}}`, one.value), path)
  const query = new URLSearchParams(inPlace('query').map((one: Document) => [one.name, String(one.value)]))
  const headers = Object.fromEntries(inPlace('header').map((one: Document) => [one.name, String(one.value)]))
  const payload = step.requestBody === undefined ? undefined : evaluated(step.requestBody.payload, now)
  const response = await fetch(`${url}${filled}?${query}`, {
    method: method.toUpperCase(),
    headers: { ...headers, ...(payload === undefined ? {} : { 'content-type': step.requestBody.contentType }) },
    ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

const valuesOf = (expressions: Readonly<Record<string, string>>, now: Situation) =>
  Object.fromEntries(Object.entries(expressions).map(([name, one]) => [name, evaluated(one, now)]))

/** A value with its expressions evaluated, wherever they stand in it. */
function evaluated(value: Document, now: Situation): Document {
  if (Array.isArray(value)) return value.map((one) => evaluated(one, now))
  if (typeof value === 'object' && value !== null) return valuesOf(value, now)
  if (typeof value !== 'string' || !value.startsWith('$')) return value
  if (value === '$statusCode') return now.answer?.status
  const [, pointer] = /^\$response\.body#(.*)$/.exec(value) ?? []
  const keys = pointer === undefined ? value.slice(1).split('.') : pointer.split('/').slice(1)
  return keys.reduce((node: Document, key) => node?.[key], pointer === undefined ? now : now.answer?.body)
}

/** `a == b`, one of several joined by `||`. */
function holds(condition: string, now: Situation): boolean {
  return condition.split(' || ').some((one) => {
    const [left = '', right = ''] = one.split(' == ')
    return String(evaluated(left, now)) === right
  })
}
