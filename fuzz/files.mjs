/** Capability files with something wrong: trees that are cut, swapped, retyped and spliced, and texts whose bytes are. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { parse, stringify } from 'yaml'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/** Files to begin with: `{ file, text, value }`. The bundled ones are long, so they come once, and those of tests too. */
export function originals() {
  const bundled = ['nanonets-file-management.ikanos.yml', 'nanonets-file-management.yaml']
  const plans = readdirSync(here('../test/plans')).map((name) => here(`../test/plans/${name}/capability.yaml`))
  const whole = [...bundled.map((name) => here(`../capabilities/${name}`)), ...plans].map((file) => {
    const text = readFileSync(file, 'utf8')
    return { file, text, value: parse(text, { merge: true }) }
  })
  return [...whole, ...scenarios()]
}

function scenarios() {
  const folder = here('../test/scenarios')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const { capability: value } = parse(readFileSync(join(folder, name), 'utf8'), { merge: true })
      return { file: join(folder, name), text: stringify(value), value }
    })
}

/** Values that stand where others were. `__proto__` only comes as an own key by way of JSON. */
const odd = [
  ...[null, true, false, 0, -1, 0.5, 1e308, 70_000, 2 ** 53, '', ' ', 'null', '~', '{{', '}}', '{{a}}', '{{a.b[0]}}'],
  ...[
    '$',
    '$.',
    '$..*',
    '$[?(@.a==1)]',
    "$['",
    '../..',
    '/',
    'a.b',
    'a.b.c',
    'http://',
    'http://[',
    '\u0000',
    '\ud800',
  ],
  ...['constructor', '__proto__', 'file:///etc/passwd', '2026-11-28', '(a+)+$', '[', 'x'.repeat(100_000), [], {}, [[]]],
  ...[[null], { a: null }, JSON.parse('{"__proto__":{"x":1}}'), { constructor: {} }, { $ref: '#' }, { '': '' }],
  nested(500, () => []),
  nested(500, () => ({})),
]

function nested(depth, make) {
  const top = make()
  let at = top
  for (let i = 0; i < depth; i += 1) {
    const next = make()
    if (Array.isArray(at)) at.push(next)
    else at.a = next
    at = next
  }
  return top
}

/** Texts that mean something to a reader of YAML. */
const marks = [
  ...[
    '&a ',
    '*a',
    '<<: *a',
    '? ',
    ': ',
    '- ',
    '|\n',
    '>-\n',
    '"',
    "'",
    '\t',
    '\n',
    '\r',
    '\u0000',
    '\ufeff',
    '\u2028',
    '#',
  ],
  ...[
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '!!binary ',
    '!!set ',
    '!!js/function ',
    '{',
    '}',
    '[',
    ']',
    '{{',
    '}}',
    '\ud800',
    '\\',
  ],
  ...['a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n'],
  ...['a: &a\n  b: *a\n', '&a [*a]', '[[[[[[[[[[[[[[[['.repeat(40), '{a: '.repeat(300), '- '.repeat(500)],
]

const at = fc.nat(1_000_000)
const tree = fc.record({
  how: fc.constantFrom('drop', 'copy', 'swap', 'odd', 'odd', 'rename', 'splice', 'wrap'),
  at,
  other: at,
  odd: fc.nat(odd.length - 1),
})
const bytes = fc.record({
  how: fc.constantFrom('cut', 'repeat', 'insert', 'insert', 'truncate', 'flip'),
  at,
  length: fc.nat(60),
  mark: fc.nat(marks.length - 1),
  code: fc.nat(0xffff),
})

/** What is done to which of `count` files. The longest, the first two, come seldom: they take longest. */
export function breakages(count) {
  const which = fc.oneof(
    { weight: 1, arbitrary: fc.nat(1) },
    { weight: 24, arbitrary: fc.integer({ min: 2, max: count - 1 }) },
  )
  return fc.record({
    which,
    as: fc.constantFrom('JSON', 'JSON', 'YAML'),
    tree: fc.array(tree, { maxLength: 4 }),
    bytes: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(bytes, { minLength: 1, maxLength: 4 }) },
    ),
  })
}

/** The file as it is then: `{ file, text }`. */
export function broken(all, { which, as, tree, bytes }) {
  const { file, text, value } = all[which]
  const changed =
    tree.length === 0
      ? text
      : written(
          tree.reduce((now, one) => replaced(now, one, all), value),
          as,
        )
  return { file: join(dirname(file), `fuzz-${which}.yaml`), text: bytes.reduce(spoilt, changed) }
}

function written(value, as) {
  const text = JSON.stringify(value)
  // What is nested this deep is no case for a writer of YAML.
  if (as === 'JSON' || text.length > 50_000 || /[[{]{40}|(?:\{"a":){40}/.test(text)) return text ?? ''
  return stringify(value, { aliasDuplicateObjects: false })
}

/** A copy of the tree in which one place is something else. */
function replaced(value, { how, at, other, odd: index }, all) {
  const paths = pathsOf(value)
  const path = paths[at % paths.length]
  if (path.length === 0) return how === 'odd' ? odd[index] : value
  const foreign = all[other % all.length].value
  const there = pathsOf(foreign)
  const change = {
    odd: () => odd[index],
    swap: () => valueAt(value, paths[other % paths.length]),
    splice: () => valueAt(foreign, there[at % there.length]),
    wrap: (node) => (other % 2 === 0 ? [node] : { [String(path.at(-1))]: node }),
  }[how]
  return edited(value, path, change, how, paths[other % paths.length])
}

function edited(value, [key, ...rest], change, how, from) {
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value ?? {})
  const next = entries.flatMap(([name, node]) => {
    if (String(name) !== String(key)) return [[name, node]]
    if (rest.length > 0) return [[name, edited(node, rest, change, how, from)]]
    if (how === 'drop') return []
    if (how === 'copy')
      return [
        [name, node],
        [`${name}-2`, node],
      ]
    if (how === 'rename') return [[String(from.at(-1) ?? ''), node]]
    return [[name, change(node)]]
  })
  return Array.isArray(value) ? next.map(([, node]) => node) : Object.fromEntries(next)
}

/** Every place down to a depth, so that one odd value does not make a thousand others. */
function pathsOf(value, path = [], found = []) {
  found.push(path)
  if (typeof value !== 'object' || value === null || path.length > 14) return found
  for (const [key, node] of Object.entries(value)) pathsOf(node, [...path, key], found)
  return found
}

const valueAt = (value, path) => path.reduce((node, key) => node?.[key], value)

function spoilt(text, { how, at, length, mark, code }) {
  const place = text.length === 0 ? 0 : at % text.length
  const [before, after] = [text.slice(0, place), text.slice(place)]
  switch (how) {
    case 'cut':
      return before + after.slice(length)
    case 'repeat':
      return before + after.slice(0, length) + after
    case 'insert':
      return before + marks[mark] + after
    case 'truncate':
      return before
    default:
      return before + String.fromCharCode(code) + after.slice(1)
  }
}
