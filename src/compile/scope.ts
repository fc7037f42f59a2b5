/** What a name means: placeholders and references are resolved here, once, at load (spec §3). */

import type { DiagnosticArgs, Report } from '../diagnostics.ts'
import type { Json, Value } from '../plan.ts'
import { child } from '../text/pointer.ts'
import { nearest } from '../text/suggest.ts'
import {
  isEnvReference,
  type Placeholder,
  parseTemplate,
  solePlaceholder,
  TemplateSyntaxError,
} from '../text/template.ts'

/** Names in sight, nearest first. `prefixes` may stand before a name: `shop.id`, `tools.id`, `rest.body.id`. */
export interface Scope {
  readonly names: readonly string[]
  readonly prefixes: readonly string[]
  readonly resolve: (name: string) => Value | undefined
}

/**
 * The inputs of a unit under `namespace`, each spelled `x`, `namespace.x`, or as the published files write it. `former` =
 * namespaces that imported units call themselves by, because they have another one in their own file.
 */
export function inputScope(inputs: Iterable<string>, namespace: string, former: readonly string[] = []): Scope {
  const known = new Set(inputs)
  const own = [namespace, ...former].flatMap((name) => [name, `$this.${name}`])
  return {
    names: [...known],
    prefixes: [...own, 'tools', 'rest.body', 'rest.path', 'rest.query', 'rest'],
    resolve: (name) => (known.has(name) ? { type: 'input', name } : undefined),
  }
}

/**
 * Declared binds, each spelled `KEY`, `namespace.KEY` or `$env.KEY` (spec §1.5, Ship). A variable that two of them
 * declare has the value of the later one, and under each namespace the value of its own.
 */
export function bindScope(binds: readonly { readonly namespace: string; readonly variable: string }[]): Scope {
  const variables = new Map<string, string>()
  const plain: string[] = []
  for (const { variable } of binds) {
    plain.push(variable)
    for (const spelling of [variable, `$env.${variable}`, `env.${variable}`]) variables.set(spelling, variable)
  }
  for (const { namespace, variable } of binds) {
    const qualified = `${namespace}.${variable}`
    const shared = plain.indexOf(variable) !== plain.lastIndexOf(variable)
    variables.set(qualified, shared ? qualified : variable)
  }
  const resolve = (name: string): Value | undefined => {
    const variable = variables.get(name)
    return variable === undefined ? undefined : { type: 'bind', variable }
  }
  return { names: plain, prefixes: [], resolve }
}

/** Looks in `inner` first, then in `outer`. */
export function within(inner: Scope, outer: Scope): Scope {
  return {
    // Only a fault asks for all names.
    get names() {
      return [...new Set([...inner.names, ...outer.names])]
    },
    prefixes: [...inner.prefixes, ...outer.prefixes],
    resolve: (name) => inner.resolve(name) ?? outer.resolve(name),
  }
}

/** Values by name, e.g. what `with` sets. */
export function valueScope(values: ReadonlyMap<string, Value>): Scope {
  return { names: [...values.keys()], prefixes: [], resolve: (name) => values.get(name) }
}

/** A name as it is written: whole, else without its prefix, else a member of a known value (`ship.flag.code`). */
export function lookup(scope: Scope, name: string): Value | undefined {
  return scope.resolve(name) ?? withoutPrefix(scope, name) ?? member(scope, name)
}

function withoutPrefix(scope: Scope, name: string): Value | undefined {
  for (const prefix of scope.prefixes) {
    if (!name.startsWith(`${prefix}.`)) continue
    const rest = name.slice(prefix.length + 1)
    const found = scope.resolve(rest) ?? member(scope, rest)
    if (found !== undefined) return found
  }
  return undefined
}

function member(scope: Scope, name: string): Value | undefined {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const found = scope.resolve(name.slice(0, dot))
    const keys = name.slice(dot + 1).split('.')
    if (found?.type === 'input') return { ...found, path: [...(found.path ?? []), ...keys] }
    if (found?.type === 'step' && found.path === undefined) return { ...found, path: keys }
  }
  return undefined
}

/** Compiles a string that may hold placeholders. A string that is one placeholder keeps the type of its value. */
export function compileText(source: string, scope: Scope, report: Report, pointer: string): Value {
  if (isEnvReference(source)) return resolvePlaceholder({ name: source, offset: 0 }, scope, report, pointer)
  const template = readTemplate(source, report, pointer)
  if (template === undefined) return { type: 'literal', value: source }
  const value = (placeholder: Placeholder) => resolvePlaceholder(placeholder, scope, report, pointer)
  const sole = solePlaceholder(template)
  if (sole !== undefined) return value(sole)
  if (template.parts.every((part) => typeof part === 'string')) return { type: 'literal', value: source }
  return { type: 'text', source, parts: template.parts.map((part) => (typeof part === 'string' ? part : value(part))) }
}

function readTemplate(source: string, report: Report, pointer: string) {
  try {
    return parseTemplate(source)
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error
    report('bad-template', pointer, { detail: error.message })
    return undefined
  }
}

function resolvePlaceholder(placeholder: Placeholder, scope: Scope, report: Report, pointer: string): Value {
  const found = lookup(scope, placeholder.name)
  if (found !== undefined) return found
  report('unknown-parameter', pointer, unknownName(placeholder.name, scope.names))
  return { type: 'literal', value: null }
}

/**
 * Compiles one value of a `with` map: a reference that is the whole string (`namespace.name`), a template, a list or map
 * that holds templates, or a literal of any type. A bare word is a constant (spec §3.3).
 */
export function compileWith(value: Json, scope: Scope, report: Report, pointer: string): Value {
  if (typeof value !== 'string') return compileNested(value, scope, report, pointer)
  const isReference = value.startsWith('$env.') || scope.prefixes.some((p) => value.startsWith(`${p}.`))
  if (isReference) return resolvePlaceholder({ name: value, offset: 0 }, scope, report, pointer)
  const meant = misspeltReference(value, scope)
  if (meant === undefined) return compileText(value, scope, report, pointer)
  report('unknown-parameter', pointer, { name: value, nearest: meant, known: [meant] })
  return { type: 'literal', value }
}

/** A list or map of `with`: its strings are templates or constants, never references of another kind. */
function compileNested(value: Json, scope: Scope, report: Report, pointer: string): Value {
  if (!holdsTemplate(value)) return { type: 'literal', value }
  if (typeof value === 'string') return compileText(value, scope, report, pointer)
  const nested = (key: string | number, v: Json) => compileNested(v, scope, report, child(pointer, key))
  if (Array.isArray(value)) return { type: 'array', items: value.map((v: Json, i) => nested(i, v)) }
  const members = Object.entries(value as Readonly<Record<string, Json>>)
  return { type: 'object', members: members.map(([key, v]) => [key, nested(key, v)]) }
}

function holdsTemplate(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{') || isEnvReference(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTemplate)
}

/** A known name behind a namespace that is nearly one in sight is no constant: its author meant the reference. */
function misspeltReference(value: string, scope: Scope): string | undefined {
  const [, prefix, name] = /^([^\s{}.]+)\.([^\s{}.]+)$/.exec(value) ?? []
  if (prefix === undefined || name === undefined || !scope.names.includes(name)) return undefined
  const meant = nearest(prefix, scope.prefixes)
  return meant === undefined ? undefined : `${meant}.${name}`
}

/** The arguments of an "unknown …" diagnostic. */
export function unknownName(name: string, known: readonly string[]): DiagnosticArgs<'unknown-parameter'> {
  return { name, nearest: nearest(name, known), known }
}
