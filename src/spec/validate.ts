/** Schema violations as diagnostics: one fault, one diagnostic, with the nearest name that would have been right. */

import type { Report } from '../diagnostics.ts'
import { child } from '../text/pointer.ts'
import { nearest } from '../text/suggest.ts'
import { type SchemaError, type SchemaName, schemaErrors } from './schema.ts'

const maxReported = 100

/** What a pattern of our schemas asks for, in words. */
const patternRules: Readonly<Record<string, string>> = {
  '^[a-zA-Z0-9-]*$': 'may hold only letters, digits and hyphens',
  '^[a-zA-Z0-9-]+$': 'may hold only letters, digits and hyphens',
  '^[^.\\s]+\\.[^.\\s]+$': 'must be written namespace.name',
  '^[a-zA-Z][a-zA-Z0-9+.-]*:': 'must be a URI such as file:///./secrets.yaml',
  '^file:': 'must be a file: URI such as file:///./skills/name',
  '^[a-zA-Z][a-zA-Z0-9+.-]*:\\S+$': 'must be a URI without blanks such as docs://guide',
  '^/': 'must start with a slash',
  '^(?:\\*|https?://[^/\\s]+)$': 'must be an origin such as https://app.example.com, or *',
  '^[1-5][0-9X]{2}$': 'must be a status such as 200 or 4XX',
  '^[\\w!#$&^.+-]+/[\\w!#$&^.+-]+(?:\\s*;.*)?$': 'must be a media type such as image/png',
  '^[^\\s{}]+$': 'may hold neither blanks nor braces',
  '^[A-Za-z_][A-Za-z0-9_]*$': 'may hold only letters, digits and underscores',
  '^[a-z0-9]+(-[a-z0-9]+)*$': 'may hold only lower-case letters, digits and single hyphens',
  '\\S': 'must not be blank',
}

/** References have a pattern in common, and each its own meaning. */
const referenceRules: Readonly<Record<string, string>> = {
  call: 'must be the namespace of a consumed API, a dot and the name of one of its operations',
  ref: 'must be the namespace of an aggregate, a dot and the name of one of its flows',
}

/** Validates a value against one of our schemas and reports what does not fit. Answers whether it fits. */
export function validateSchema(name: SchemaName, value: unknown, report: Report): boolean {
  const errors = schemaErrors(name, value)
  if (errors.length === 0) return true
  for (const error of withoutEchoes(errors).slice(0, maxReported)) reportError(error, report)
  return false
}

/** Drops what only repeats another error: `if` wrappers, names under a wrong key, a missing key that is misspelt. */
function withoutEchoes(errors: readonly SchemaError[]): readonly SchemaError[] {
  const typed = new Set(errors.filter((e) => e.keyword === 'type').map((e) => e.instancePath))
  const misspelt = new Map<string, Set<string>>()
  for (const e of errors) {
    const meant = e.keyword === 'additionalProperties' && nearestKey(e)
    if (meant) misspelt.set(e.instancePath, (misspelt.get(e.instancePath) ?? new Set()).add(meant))
  }
  const seen = new Set<string>()
  return errors.filter((e) => {
    if (e.keyword === 'if' || e.keyword === 'propertyNames') return false
    if (e.keyword !== 'type' && typed.has(e.instancePath)) return false
    if (e.keyword === 'required' && followsFrom(e, misspelt.get(e.instancePath))) return false
    const key = `${e.instancePath}\n${e.keyword}\n${JSON.stringify(e.params)}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** A key is missing because it is misspelt, or because the key that would make it needless is. */
function followsFrom(error: SchemaError, misspelt: ReadonlySet<string> | undefined): boolean {
  if (misspelt === undefined) return false
  return misspelt.has(String(error.params.missingProperty)) || isConditional(error)
}

/** A `required` of an if/then/else stands in a schema without properties of its own. */
function isConditional({ parentSchema }: SchemaError): boolean {
  return parentSchema?.properties === undefined
}

function reportError(error: SchemaError, report: Report) {
  const { keyword, instancePath: at, params, data, propertyName } = error
  switch (keyword) {
    case 'additionalProperties': {
      const name = String(params.additionalProperty)
      const meant = isNameOfItem(error, name) ? `name: ${name}` : nearestKey(error)
      return report('unknown-key', child(at, name), { name, nearest: meant, known: knownKeys(error) })
    }
    case 'required':
      return reportMissing(error, report)
    case 'type':
      return report('wrong-type', at, { expected: words(params.type), found: kindOf(data) })
    case 'enum': {
      if (typeof data === 'string' && /\/authentication\/type$/.test(at))
        return report('unsupported-authentication', at, { kind: data })
      if (typeof data === 'object') return report('wrong-type', at, { expected: 'text', found: kindOf(data) })
      const known = (params.allowedValues as readonly unknown[]).map(String)
      return report('wrong-choice', at, { name: String(data), nearest: nearest(String(data), known), known })
    }
    case 'pattern': {
      const pattern = String(params.pattern)
      const rule = referenceRules[at.slice(at.lastIndexOf('/') + 1)] ?? patternRules[pattern] ?? `must match ${pattern}`
      return report('wrong-value', propertyName === undefined ? at : child(at, propertyName), {
        value: shown(propertyName ?? data),
        rule,
      })
    }
    default:
      return report('wrong-value', at, { value: shown(data), rule: ruleOf(error) })
  }
}

/** In a list an entry says its name; one who writes `- name:` thinks of a map. */
function isNameOfItem({ instancePath, data, parentSchema }: SchemaError, key: string): boolean {
  const known = parentSchema?.properties ?? {}
  return /\/\d+$/.test(instancePath) && 'name' in (known as object) && (data as Raw)[key] === null
}

type Raw = Readonly<Record<string, unknown>>

/** Where a map may still hold other keys, a misspelt one is found by its likeness to the missing one. */
function reportMissing({ instancePath: at, params, data, parentSchema }: SchemaError, report: Report) {
  const name = String(params.missingProperty)
  const known = Object.keys(parentSchema?.properties ?? {})
  const others = Object.keys(data as object).filter((key) => !known.includes(key))
  const near = parentSchema?.additionalProperties === false ? undefined : nearest(name, others)
  if (near === undefined) return report('missing-key', at, { name })
  return report('unknown-key', child(at, near), { name: near, nearest: name, known: [name] })
}

const knownKeys = ({ parentSchema }: SchemaError): readonly string[] => Object.keys(parentSchema?.properties ?? {})

const nearestKey = (error: SchemaError): string | undefined =>
  nearest(String(error.params.additionalProperty), knownKeys(error))

function ruleOf({ keyword, params, parentSchema }: SchemaError): string {
  const limit = String(params.limit)
  switch (keyword) {
    case 'minItems':
    case 'minProperties':
      return 'needs at least one entry'
    case 'minLength':
      return 'must not be empty'
    case 'maxLength':
      return `is longer than ${limit} characters`
    case 'minimum':
      return `must be at least ${limit}`
    case 'maximum':
      return `must be at most ${limit}`
    case 'not':
      // What may not stand together is said beside the schema's own words for it.
      return String(parentSchema?.$comment)
    default:
      return `does not fit (${keyword})`
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return unquoted(value) ?? 'a map'
  return typeof value === 'boolean'
    ? String(value)
    : `the ${typeof value === 'string' ? 'text' : typeof value} ${shown(value)}`
}

/** `{{name}}` without quotes is YAML for a map whose key is a map. */
function unquoted(value: object): string | undefined {
  const [key, ...others] = Object.keys(value)
  const name = others.length === 0 ? /^\{ ([^\s{},:]+) \}$/.exec(key ?? '')?.[1] : undefined
  return name === undefined ? undefined : `a map, as which {{${name}}} without quotes is read`
}

function words(type: unknown): string {
  const names: Readonly<Record<string, string>> = {
    object: 'a map',
    array: 'a list',
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
  }
  return String(type)
    .split(',')
    .map((t) => names[t] ?? t)
    .join(' or ')
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
