/** In which form a result is answered: JSON, and for whoever asks, YAML or a table (RFC 9110 §12.5.1). */

import { OperationError } from '../../errors.ts'
import type { RoutePlan } from '../../plan.ts'
import { promisesTable } from '../../text/table.ts'

export type Form = 'json' | 'yaml' | 'csv'

const mediaTypes: Readonly<Record<Form, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  csv: 'text/csv',
}

/** The forms of a route, the preferred one first; none for bytes, which are what they are. */
export function formsOf({ operation, method }: RoutePlan): readonly Form[] {
  const { schema, binary } = operation.output
  if (binary !== undefined) return []
  // What nothing is said of may turn out to be a table. After a write that would be too late to find out.
  const mayBeTable = promisesTable(schema) || (schema === undefined && method === 'GET')
  return mayBeTable ? ['json', 'yaml', 'csv'] : ['json', 'yaml']
}

/** The form that an `Accept` field asks for. Throws `not-acceptable` when it excludes all of them. */
export function chosenForm(accept: string | undefined, forms: readonly Form[]): Form {
  if (accept === undefined || accept === '*/*' || accept === 'application/json' || forms.length === 0) return 'json'
  const ranges = rangesOf(accept)
  let [best, weight]: [Form | undefined, number] = [undefined, 0]
  for (const form of forms) {
    const q = weightOf(mediaTypes[form], ranges)
    if (q > weight) [best, weight] = [form, q]
  }
  if (best === undefined) throw notAcceptable(forms)
  return best
}

/** Nothing that can be had is wanted. */
export function notAcceptable(forms: readonly Form[]): OperationError {
  const known = forms.map((form) => mediaTypes[form]).join(', ')
  return new OperationError('not-acceptable', `the answer can be had as ${known}, and Accept asks for none of them`)
}

interface Range {
  readonly type: string
  readonly q: number
}

/** Parameters other than `q` do not tell our forms apart. Longer fields than any client means are cut. */
function rangesOf(accept: string): readonly Range[] {
  return accept
    .slice(0, 2048)
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
      const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      return { type, q: q === undefined ? 1 : Number.isFinite(Number(q)) ? Number(q) : 1 }
    })
}

/** The most specific range that fits decides. */
function weightOf(mediaType: string, ranges: readonly Range[]): number {
  const [family] = mediaType.split('/')
  for (const wanted of [mediaType, `${family}/*`, '*/*']) {
    const found = ranges.find(({ type }) => type === wanted)
    if (found !== undefined) return found.q
  }
  return 0
}
