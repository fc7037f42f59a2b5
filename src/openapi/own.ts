/** What a REST surface of this program adds to the description of its operations: a capability of one adds its own again. */

import { isMap, list, type Raw, raw } from '../spec/raw.ts'

/** Whether a description is an export of this program. */
export function isOwn(root: Raw): boolean {
  const { schemas, responses } = raw(root.components)
  return isMap(raw(schemas).Problem) && isMap(raw(responses).OtherProblem)
}

const parameters = ['dry_run', 'check', 'If-Match', 'Idempotency-Key']

/** A parameter that every operation of a surface has. */
export const isAddedParameter = ({ name }: Raw): boolean => parameters.includes(String(name))

/** An answer that the surface gives for itself. */
export function isAddedAnswer(status: string, answer: unknown): boolean {
  const { $ref, content, description } = raw(answer)
  if (typeof $ref === 'string') return $ref.startsWith('#/components/responses/')
  // The first word that `artifacts/openapi/answers.ts` has for an upstream that answered nothing.
  if (status === '204') return /^Done\. /.test(String(description))
  if (status === '206' || status === '416') return true
  const { 'application/json': json, 'application/yaml': yaml } = raw(content)
  const schema = raw(json).schema
  return status === '202' ? isRef(schema, ['Approval']) : yaml !== undefined && isUnknown(withoutRehearsals(schema))
}

/** Nothing is known of an answer that passes as it is. */
const isUnknown = (schema: unknown) => Object.keys(raw(schema)).join() === 'description'

/** The schema of an answer without what is answered where nothing was sent upstream. */
export function withoutRehearsals(schema: unknown): unknown {
  const choices = list(raw(schema).anyOf)
  const kept = choices.filter((one) => !isRef(one, ['DryRun', 'NothingSent']))
  return kept.length === choices.length || kept.length > 1 ? schema : kept[0]
}

const isRef = (value: unknown, names: readonly string[]) =>
  names.some((name) => raw(value).$ref === `#/components/schemas/${name}`)
