import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/diagnostics.ts'
import { limits, parseSource } from '../../src/spec/parse.ts'
import type { Source } from '../../src/spec/source.ts'
import { reportInto } from '../support/report.ts'

function source(text: string): Source {
  const parsed = parseSource('a.yaml', text)
  if ('value' in parsed) return parsed
  throw new Error(parsed.map((d) => d.message).join('\n'))
}

function refusals(text: string): readonly Diagnostic[] {
  const parsed = parseSource('a.yaml', text)
  if ('value' in parsed) throw new Error('it was accepted')
  return parsed
}

function place(text: string, pointer: string): readonly [line: number, column: number] {
  const { line, column } = source(text).locate(pointer)
  return [line, column]
}

describe('Limits on a file', () => {
  test('five mebibytes are read, one byte more is not', () => {
    const comment = (bytes: number) => `a: 1\n#${'x'.repeat(bytes - 6)}`
    expect(source(comment(limits.bytes)).value).toEqual({ a: 1 })
    expect(refusals(comment(limits.bytes + 1)).map((d) => d.code)).toEqual(['file-too-large'])
  })

  test('bytes are counted, not characters', () => {
    const text = `#${'ä'.repeat(limits.bytes / 2)}`
    expect(text.length).toBeLessThan(limits.bytes)
    expect(refusals(text).map((d) => d.code)).toEqual(['file-too-large'])
  })

  test.each([
    ['lists', (depth: number) => '['.repeat(depth) + ']'.repeat(depth)],
    ['maps', (depth: number) => '{a: '.repeat(depth) + '}'.repeat(depth)],
    ['indented lines', (depth: number) => Array.from({ length: depth }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('a hundred levels of %s are read, one more is not', (_, nested) => {
    expect(source(nested(limits.depth)).value).toBeTypeOf('object')
    expect(refusals(nested(limits.depth + 1)).map((d) => d.code)).toEqual(['too-deep'])
  })

  test('depth is what is open at once, not what a file opens in all', () => {
    expect(source(`[${'[[]],'.repeat(500)}]`).value).toHaveLength(500)
  })

  test.each(['[', '{a: ', '- ', '? '])(
    'nesting by %j that would exhaust the stack of the parser is refused',
    (opening) => {
      expect(refusals(opening.repeat(200_000))).toMatchObject([{ code: 'too-deep', location: { line: 1 } }])
    },
  )

  test('aliases that would unfold to millions of values are refused, quickly and with a reason', () => {
    const levels = Array.from({ length: 10 }, (_, i) => {
      const below = i === 0 ? '"lol"' : Array.from({ length: 10 }, () => `*l${i - 1}`).join(', ')
      return `l${i}: &l${i} [${below}]`
    })
    const [refusal] = refusals(levels.join('\n'))
    expect(refusal).toMatchObject({ code: 'yaml-syntax', message: expect.stringContaining('alias') })
  })

  test('an ordinary number of aliases is read', () => {
    const text = ['a: &a { x: 1 }', ...Array.from({ length: 200 }, (_, i) => `k${i}: *a`)].join('\n')
    expect(Object.keys(source(text).value as object)).toHaveLength(201)
  })
})

describe('YAML', () => {
  test.each(['', '\n\n', '# only a comment\n', '---\n', 'null'])('%j holds nothing', (text) => {
    expect(source(text).value).toBeNull()
  })

  test('is read with a byte order mark and with either kind of line break', () => {
    expect(source('\uFEFFa: 1\r\nb: 2\r\n').value).toEqual({ a: 1, b: 2 })
    expect(place('a: 1\r\nb: 2\r\n', '/b')).toEqual([2, 1])
  })

  test('may be JSON', () => {
    expect(source('{"a": [1, null, "x"]}').value).toEqual({ a: [1, null, 'x'] })
  })

  test('1.2 has true and false, but neither yes nor octal numbers of old', () => {
    expect(source('a: yes\nb: true\nc: 0123\nd: 2026-11-24').value).toEqual({
      a: 'yes',
      b: true,
      c: 123,
      d: '2026-11-24',
    })
  })

  test('unfolds anchors and merge keys, explicit keys first', () => {
    const text = 'base: &base { a: 1, b: 2 }\nuse:\n  <<: *base\n  b: 3\nagain: *base\n'
    expect(source(text).value).toEqual({ base: { a: 1, b: 2 }, use: { a: 1, b: 3 }, again: { a: 1, b: 2 } })
  })

  test('may name a key like a member of every object', () => {
    const value = source('__proto__: { polluted: true }\nconstructor: 1\n').value as object
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor'])
    expect({}).not.toHaveProperty('polluted')
  })

  test('names each key that stands twice in one map, and where it stands again', () => {
    const text = 'a: 1\nb: { c: 1, c: 2 }\na: 2\nd: [{ e: 1 }, { e: 2 }]\n'
    expect(refusals(text).map((d) => [d.message, d.location.line, d.location.column])).toEqual([
      ['not readable as YAML: the key "c" stands twice in one map', 2, 12],
      ['not readable as YAML: the key "a" stands twice in one map', 3, 1],
    ])
  })

  test('may merge twice into one map', () => {
    const text = 'a: &a { x: 1 }\nb: &b { y: 2 }\nc: { <<: *a, <<: *b }\n'
    expect(source(text).value).toMatchObject({ c: { x: 1, y: 2 } })
  })

  test.each([
    ['a tab as indentation', 'a:\n\tb: 1\n', 2],
    ['the same key twice', 'a: 1\nb: 2\na: 3\n', 3],
    ['the same key twice in a map inside', 'x:\n  a: 1\n  a: 3\n', 3],
    ['a colon inside a text', 'a: 1\nb: note: this\n', 2],
    ['a quote that is never closed', 'a: "x\n', 2],
    ['a bracket that is never closed', 'a: [1, 2\nb: 3\n', 2],
    ['an alias without an anchor', 'a: 1\nb: *missing\n', 2],
    ['two documents', 'a: 1\n---\nb: 2\n', 2],
  ])('with %s is refused at its line', (_, text, line) => {
    const found = refusals(text)
    expect(found[0]).toMatchObject({ code: 'yaml-syntax', location: { file: 'a.yaml', line } })
    expect(found[0]?.frame).toContain(`> ${line} |`)
  })

  test('with many faults is refused with the first five', () => {
    expect(refusals(Array.from({ length: 20 }, () => 'a: 1').join('\n'))).toHaveLength(5)
  })
})

describe('A pointer', () => {
  const text = [
    'capability:',
    '  tools:',
    '    - name: first',
    '      call: a.b',
    '    - name: second',
    '      label: Two',
    '      "a/b~c": 1',
    '      200: ok',
  ].join('\n')

  test.each([
    ['', 1, 1],
    ['/capability', 1, 1],
    ['/capability/tools', 2, 3],
    ['/capability/tools/1', 5, 7],
    ['/capability/tools/1/label', 6, 7],
    ['/capability/tools/1/a~1b~0c', 7, 7],
    ['/capability/tools/1/200', 8, 7],
  ])('%s is at line %i, column %i', (pointer, line, column) => {
    expect(place(text, pointer)).toEqual([line, column])
  })

  test('finds an entry of a list by its name, as the newer form of the document calls it', () => {
    expect(place(text, '/capability/tools/second')).toEqual([5, 7])
  })

  test('finds a key in its older spelling', () => {
    expect(place(text, '/capability/tools/1/display')).toEqual([6, 7])
  })

  test('to what is missing is at the nearest thing that is there', () => {
    expect(place(text, '/capability/tools/second/description')).toEqual([5, 7])
    expect(place(text, '/capability/exposes/0/port')).toEqual([1, 1])
    expect(place(text, '/nowhere')).toEqual([1, 1])
  })

  test('goes through an alias to the anchor it stands for', () => {
    expect(place('base: &base\n  in: path\nuse: *base\n', '/use/in')).toEqual([2, 3])
  })

  test('into an empty file is at its start', () => {
    expect(place('', '/capability')).toEqual([1, 1])
  })
})

test('A report that names a first place says its line', () => {
  const found: Diagnostic[] = []
  const report = reportInto(source('a:\n  - name: x\n  - name: x\n'), found)
  report('duplicate-name', '/a/1', { name: 'x', what: 'things', first: '/a/0' })
  expect(found).toMatchObject([{ location: { line: 3, column: 5 }, hint: 'the first one is in line 2; rename one' }])
})
