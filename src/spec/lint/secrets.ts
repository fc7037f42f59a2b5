import { child } from '../../text/pointer.ts'
import { isMap, type LintRule, type Place, sections } from './rule.ts'

const secretKeys = ['password', 'token', 'clientSecret', 'secret']
const isPlain = (value: unknown) => typeof value === 'string' && value !== '' && !/\{\{|^\$env\./.test(value)
const isCredential = /^(authorization|x-?api-?key|api-?key|cookie|x-auth-token)$/i

/** A secret belongs into the environment or a file of its own, never into a file that is shared. */
export const plainSecret: LintRule = (root, report) => {
  const places = ['consumes', 'exposes'].flatMap((section) => sections(root, section))
  for (const { pointer, name } of [...places.flatMap(credentialsOf), ...headersOf(root)])
    report('plain-secret', pointer, { name })
}

interface Found {
  readonly pointer: string
  readonly name: string
}

function credentialsOf({ pointer, value }: Place): readonly Found[] {
  return ['authentication', 'auth'].flatMap((key) => {
    const given = value[key]
    if (!isMap(given)) return []
    const keys = given.type === 'apikey' || given.type === 'bearer' ? [...secretKeys, 'value'] : secretKeys
    const plain = keys.filter((name) => isPlain(given[name]))
    return plain.map((name) => ({ pointer: child(child(pointer, key), name), name }))
  })
}

function headersOf(root: unknown): readonly Found[] {
  const inputs = ['', '/resources/*', '/resources/*/operations/*'].flatMap((below) =>
    sections(root, 'consumes', `${below}/inputParameters/*`),
  )
  return inputs.flatMap(({ pointer, name, value }) =>
    value.in === 'header' && isCredential.test(name) && isPlain(value.value)
      ? [{ pointer: child(pointer, 'value'), name }]
      : [],
  )
}
