import { child } from '../../text/pointer.ts'
import { holdsCredentials, isCredential, isPlain } from '../secrets.ts'
import { isMap, type LintRule, type Place, sections } from './rule.ts'

const secretKeys = ['password', 'token', 'clientSecret', 'secret']

/** A secret belongs into the environment or a file of its own, never into a file that is shared. */
export const plainSecret: LintRule = (root, report) => {
  const places = ['consumes', 'exposes'].flatMap((section) => sections(root, section))
  const addresses = sections(root, 'consumes').flatMap(credentialsInAddress)
  for (const { pointer, name } of [...places.flatMap(credentialsOf), ...addresses, ...parametersOf(root)])
    report('plain-secret', pointer, { name })
  for (const { pointer, value } of places.flatMap(shellVariables))
    report('bad-template', pointer, { detail: `${value} is sent as it stands` })
}

/** `${NAME}` is how a shell writes a variable. */
function shellVariables({ pointer, value: { authentication } }: Place) {
  return Object.entries(isMap(authentication) ? authentication : {}).flatMap(([key, value]) =>
    /^\$\{\w+\}$/.test(String(value)) ? [{ pointer: child(child(pointer, 'authentication'), key), value }] : [],
  )
}

interface Found {
  readonly pointer: string
  /** What it is, as a sentence starts with it. */
  readonly name: string
}

function credentialsOf({ pointer, value }: Place): readonly Found[] {
  return ['authentication', 'auth'].flatMap((key) => {
    const given = value[key]
    if (!isMap(given)) return []
    const keys = given.type === 'apikey' || given.type === 'bearer' ? [...secretKeys, 'value'] : secretKeys
    const plain = keys.filter((name) => isPlain(given[name]))
    return plain.map((name) => ({ pointer: child(child(pointer, key), name), name: `"${name}"` }))
  })
}

/** In an address without variables the compiler finds them: it can't be called. */
function credentialsInAddress({ pointer, value: { baseUri } }: Place): readonly Found[] {
  const found = typeof baseUri === 'string' && baseUri.includes('{{') && holdsCredentials(baseUri)
  return found ? [{ pointer: child(pointer, 'baseUri'), name: 'what stands before "@"' }] : []
}

/** Headers, query parameters and cookies that say who calls. */
function parametersOf(root: unknown): readonly Found[] {
  const inputs = ['', '/resources/*', '/resources/*/operations/*'].flatMap((below) =>
    sections(root, 'consumes', `${below}/inputParameters/*`),
  )
  return inputs.flatMap(({ pointer, name, value }) =>
    isCredential(value.in, name) && isPlain(value.value)
      ? [{ pointer: child(pointer, 'value'), name: `"${name}"` }]
      : [],
  )
}
