/** The keys of a file that a JSON Schema describes, as rows of a table: where, of which type, what it is by default, what it means. */

/** A JSON Schema, as far as ours go. */
export interface Schema {
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly if?: Schema
  readonly then?: Schema
  readonly else?: Schema
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

export interface KeyRow {
  /** Names with dots between them; `<name>` = any name, `[]` = each of a list. */
  readonly key: string
  readonly type: string
  /** '' where nothing is said; a key that has to be there is `required`. */
  readonly default: string
  readonly meaning: string
}

/** A schema that is a language of its own is told in a sentence, not key by key. */
const whole = '#/$defs/Fragment'

/** Every key below a schema, in its order. */
export function keysOf(root: Schema): readonly KeyRow[] {
  return below(resolved(root, root), '', root)
}

function below(schema: Schema, prefix: string, root: Schema): readonly KeyRow[] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    rowsOf(member, `${prefix}${name}`, root, schema.required?.includes(name) === true),
  )
  const { additionalProperties: any } = schema
  const shape = schema.items ?? (typeof any === 'object' ? any : undefined)
  if (shape === undefined || shape.$ref === whole) return named
  const place = schema.items === undefined ? `${prefix}<${nameIn(schema)}>.` : `${prefix.replace(/\.$/, '')}[].`
  return [...named, ...below(resolved(shape, root), place, root)]
}

function rowsOf(member: Schema, key: string, root: Schema, isRequired: boolean): readonly KeyRow[] {
  const schema = resolved(member, root)
  const { meaning, given } = told(member.description ?? schema.description ?? '')
  const row = { key, type: typeOf(schema), default: isRequired ? 'required' : given, meaning }
  return [row, ...below(schema, `${key}.`, root)]
}

/** What a schema says once its reference is followed; of `if type … then … else` the branch that has keys of its own. */
function resolved(schema: Schema, root: Schema): Schema {
  const named = schema.$ref === undefined ? {} : (root.$defs?.[schema.$ref.replace('#/$defs/', '')] ?? {})
  const branch = [schema.then, schema.else].find((one) => one?.$ref !== undefined || one?.properties !== undefined)
  const inner = branch === undefined ? {} : resolved(branch, root)
  return { ...named, ...inner, ...schema }
}

/** Descriptions say `name -> what it is called by` of maps. */
const nameIn = ({ description = '' }: Schema) => /^(\w+)[^>]* ->/.exec(description)?.[1] ?? 'name'

/** A description and the default that it ends with: `Default: x.` or `Default x.` */
function told(description: string): { readonly meaning: string; readonly given: string } {
  const [, meaning = description, given = ''] = /^(.*?)\s*\bDefault:? (.*?)\.?$/s.exec(description) ?? []
  return { meaning, given }
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  array: 'list',
  object: 'map',
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(' or ')
  const types = [schema.type ?? []].flat()
  if (types.length === 0) return 'anything'
  return `${types.map((type) => wordOf(type, schema)).join(' or ')}${rangeOf(schema)}`
}

/** `type: [boolean, object]` whose `if boolean then const` allows one of the two values. */
function wordOf(type: string, { then }: Schema): string {
  return type === 'boolean' && then?.const !== undefined ? `\`${String(then.const)}\`` : (words[type] ?? type)
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const from = minimum ?? exclusiveMinimum
  const least = exclusiveMinimum === undefined ? `from ${from}` : `above ${from}`
  if (from === undefined) return maximum === undefined ? '' : `, at most ${maximum}`
  return maximum === undefined ? `, ${least}` : `, ${least} to ${maximum}`
}
