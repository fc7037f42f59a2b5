/** Whether another engine takes a file that runs here: what our superset accepts and its format does not (spec §1, §6.3). */

import type { Report } from '../diagnostics.ts'
import { child } from '../text/pointer.ts'
import type { Engine } from './engines.ts'
import { at, isMap, type Place, sections, textsOf, units } from './lint/rule.ts'
import { authenticationKeys, type Shape, shapes } from './portable-keys.ts'

/** Warns of each place of a raw value that the engine's format does not take. */
export function reportNotPortable(value: unknown, engine: Engine, report: Report) {
  const tell: Tell = (pointer, detail) => report('not-portable', pointer, { engine, detail })
  const isNew = engine === 'ikanos-1.0.0-beta5'
  checkVersion(value, isNew, tell)
  checkImports(value, tell)
  for (const shape of shapes) checkShape(value, shape, isNew, tell)
  checkAuthentication(value, tell)
  checkAddresses(value, tell)
  checkValues(value, tell)
  checkOutputs(value, tell)
}

type Tell = (pointer: string, detail: string) => void

function checkVersion(value: unknown, isNew: boolean, tell: Tell) {
  const root = isMap(value) ? value : {}
  const [key, version] = isNew ? ['ikanos', '1.0.0-beta5'] : ['naftiko', '1.0.0-alpha2']
  const given = ['ikanos', 'naftiko'].find((name) => name in root) ?? key
  if (root[key] !== version) tell(child('', given), `it starts with "${key}: ${version}"`)
  if (isNew) return
  for (const section of ['exposes', 'aggregates'])
    if (section in root) tell(child('', section), `"${section}" stands under "capability"`)
}

/** What others import has to hold it (ikanos-standalone-no-imports). */
function checkImports(value: unknown, tell: Tell) {
  if (!isMap(value) || 'capability' in value) return
  for (const section of ['binds', 'consumes', 'aggregates', 'exposes'])
    for (const { pointer, value: entry } of at(value, `${section}/*`))
      if ('import' in entry) tell(child(pointer, 'import'), 'a document without "capability" imports nothing')
}

function checkShape(value: unknown, shape: Shape, isNew: boolean, tell: Tell) {
  const own = (isNew ? shape.beta5 : shape.alpha2) ?? ''
  const allowed = new Set(`${shape.both} ${own}`.split(' '))
  for (const { pointer, value: map } of at(value, shape.path)) {
    for (const key of Object.keys(map)) {
      if (key === 'name' && shape.named === true && isNew) continue
      if (!allowed.has(key)) tell(child(pointer, key), `"${key}" is not known here`)
    }
    for (const key of shape.required?.split(' ') ?? [])
      if (!(key in map)) tell(child(pointer, key), `"${key}" is asked for here`)
  }
  if (shape.named === true) checkForm(value, shape, isNew, tell)
}

/** Where a collection has the other form, once for each collection. */
function checkForm(value: unknown, { path }: Shape, isNew: boolean, tell: Tell) {
  const keys = path.split('/').slice(0, -1)
  const collection = keys.at(-1) ?? ''
  for (const { pointer, value: parent } of at(value, keys.slice(0, -1).join('/'))) {
    for (const key of collection.split('|')) {
      const entries = parent[key]
      if (entries === undefined || Array.isArray(entries) === !isNew) continue
      const form = isNew ? 'a map, each entry under its name' : 'a list, each entry with its "name"'
      tell(child(pointer, key), `"${key}" is ${form}`)
    }
  }
}

function checkAuthentication(value: unknown, tell: Tell) {
  for (const { pointer, value: owner } of [...sections(value, 'consumes'), ...sections(value, 'exposes')]) {
    const { authentication } = owner
    if (!isMap(authentication)) continue
    const known = authenticationKeys[String(authentication.type)]?.split(' ')
    for (const key of Object.keys(authentication))
      if (known !== undefined && !known.includes(key))
        tell(child(child(pointer, 'authentication'), key), `"${key}" is not known here`)
  }
}

function checkAddresses(value: unknown, tell: Tell) {
  for (const { pointer, value: api } of sections(value, 'consumes'))
    if (typeof api.baseUri === 'string' && !/^https?:\/\/[^/]+(\/[^{]*)?$/.test(api.baseUri))
      tell(
        child(pointer, 'baseUri'),
        'the address starts with http:// or https:// and a host, and has no variable in its path',
      )
  for (const { pointer, value: surface } of sections(value, 'exposes')) {
    if (surface.port === 0) tell(child(pointer, 'port'), 'a port is at least 1')
    if (surface.type === 'control' && 'namespace' in surface)
      tell(child(pointer, 'namespace'), 'a control surface has no namespace')
    if (surface.type === 'rest' && 'description' in surface)
      tell(child(pointer, 'description'), 'a rest surface has no description')
  }
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

function checkValues(value: unknown, tell: Tell) {
  for (const { pointer, text } of textsOf(value, /^method$/))
    if (!methods.includes(text)) tell(pointer, `the methods are ${methods.join(', ')}`)
  for (const { pointer, value: unit } of units(value)) {
    for (const [name, given] of Object.entries(isMap(unit.with) ? unit.with : {}))
      if (typeof given !== 'string' && typeof given !== 'number')
        tell(child(child(pointer, 'with'), name), 'a value of "with" is text or a number')
    if (typeof unit.call === 'string' && !/^[a-zA-Z0-9-]+\.[a-zA-Z0-9-]+$/.test(unit.call))
      tell(child(pointer, 'call'), 'both parts of a call are letters, digits and hyphens')
  }
}

/** An object says its properties, an array its items; ours pass through what is there. */
function checkOutputs(value: unknown, tell: Tell) {
  for (const unit of units(value)) {
    if (!('call' in unit.value)) continue
    for (const output of at(unit.value, 'outputParameters/*')) checkOutput(output, unit.pointer, tell)
  }
}

function checkOutput({ pointer, value }: Place, above: string, tell: Tell) {
  const here = `${above}${pointer}`
  if (value.type === 'object' && value.properties === undefined) tell(here, 'an object says its "properties"')
  if (value.type === 'array' && value.items === undefined) tell(here, 'an array says its "items"')
  for (const inner of at(value, 'properties/*')) checkOutput(inner, here, tell)
}
