import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { compile as compileOracle } from 'json-p3'
import { describe, expect, test } from 'vitest'
import { compileJsonPath, compileMapping, JsonPathSyntaxError } from '../../src/text/json-path.ts'

interface ComplianceCase {
  readonly name: string
  readonly selector: string
  readonly document?: unknown
  readonly result?: unknown[]
  readonly results?: unknown[][]
  readonly invalid_selector?: boolean
}

const suite: { readonly tests: readonly ComplianceCase[] } = JSON.parse(
  readFileSync(new URL('./jsonpath-compliance/cts.json', import.meta.url), 'utf8'),
)

function select(source: string, document: unknown): unknown[] {
  return compileJsonPath(source).select(document)
}

function get(source: string, document: unknown): unknown {
  return compileMapping(source).get(document)
}

function refusal(source: string, compile: (source: string) => unknown = compileJsonPath): JsonPathSyntaxError {
  try {
    compile(source)
  } catch (error) {
    if (error instanceof JsonPathSyntaxError) return error
    throw error
  }
  throw new Error(`${source} was accepted`)
}

describe('The RFC 9535 compliance suite', () => {
  test('is here in full', () => {
    expect(suite.tests).toHaveLength(687)
  })

  const valid = suite.tests.filter((entry) => !entry.invalid_selector)
  test.each(valid)('selects what "$name" wants', ({ selector, document, result, results }) => {
    expect(results ?? [result]).toContainEqual(select(selector, document))
  })

  test.each(valid)('gives "$name" the same meaning in a mapping', ({ selector, document, result, results }) => {
    expect(results ?? [result]).toContainEqual(compileMapping(selector).select(document))
  })

  const invalid = suite.tests.filter((entry) => entry.invalid_selector)
  test.each(invalid)('refuses "$name" with a place in the path', ({ selector }) => {
    const { offset } = refusal(selector)
    expect(offset).toBeGreaterThanOrEqual(0)
    expect(offset).toBeLessThanOrEqual(selector.length)
  })
})

describe('A compiled path', () => {
  const document = { a: { b: [{ c: 1 }, { c: 2 }, {}] } }

  test('prints as its source', () => {
    expect(JSON.stringify({ path: compileJsonPath('$.a["b"]') })).toBe('{"path":"$.a[\\"b\\"]"}')
    expect(compileMapping(' a.b ').source).toBe(' a.b ')
  })

  test('gets the one value of a singular query, and undefined where there is none', () => {
    const path = compileJsonPath("$.a['b'][-2].c")
    expect(path.singular).toBe(true)
    expect(path.get(document)).toBe(2)
    expect(path.select(document)).toEqual([2])
    expect(path.get({ a: null })).toBeUndefined()
    expect(path.select({ a: null })).toEqual([])
  })

  test('gets the array of nodes of any other query, empty where there are none', () => {
    const path = compileJsonPath('$.a.b[*].c')
    expect(path.singular).toBe(false)
    expect(path.get(document)).toEqual([1, 2])
    expect(path.get(null)).toEqual([])
  })

  test.each(['$..a', '$.*', '$[0,1]', '$[0:1]', '$[?@.a]'])('is not singular as %s', (source) => {
    expect(compileJsonPath(source).singular).toBe(false)
  })

  test('tells null from nothing', () => {
    expect(compileJsonPath('$.a').get({ a: null })).toBeNull()
    expect(select('$[?@.a == null]', [{ a: null }, {}])).toEqual([{ a: null }])
    expect(select('$[?@.a == @.b]', [{ a: 1 }, {}])).toEqual([{}])
  })
})

describe('A number literal', () => {
  const numbers = [-1, -0.5, 0, 0.0015, 0.5, 1, 1.5, 1000]

  test.each([
    ['0.5', 0.5],
    ['-0.5', -0.5],
    ['0', 0],
    ['-0', 0],
    ['0.0', 0],
    ['0e5', 0],
    ['1e3', 1000],
    ['1E+3', 1000],
    ['1.5E-3', 0.0015],
    ['5e-1', 0.5],
    ['1.50', 1.5],
  ])('%s is %d', (literal, value) => {
    expect(select(`$[?@ == ${literal}]`, numbers)).toEqual([value])
    expect(select(`$[?${literal} == @]`, numbers)).toEqual([value])
    expect(select(`$[?@ != ${literal}]`, numbers)).toEqual(numbers.filter((number) => number !== value))
    expect(select(`$[?@ < ${literal}]`, numbers)).toEqual(numbers.filter((number) => number < value))
    expect(select(`$[?@ <= ${literal}]`, numbers)).toEqual(numbers.filter((number) => number <= value))
    expect(select(`$[?@ > ${literal}]`, numbers)).toEqual(numbers.filter((number) => number > value))
    expect(select(`$[?${literal} <= @]`, numbers)).toEqual(numbers.filter((number) => number >= value))
  })

  test.each(['.5', '5.', '01', '-01', '00.5', '+1', '1e', '1e1.5', '0x1', '1_000', 'NaN', '- 1'])(
    'is never written %s',
    (literal) => {
      expect(refusal(`$[?@ == ${literal}]`).offset).toBe(8)
    },
  )
})

describe('A comparison', () => {
  test('orders strings by Unicode scalar value, not by UTF-16 unit', () => {
    expect(select("$[?@ < '\\ud83d\\ude00']", ['\uffff', 'z', '😁', '😀', '😀a'])).toEqual(['\uffff', 'z'])
    expect(select("$[?@ >= 'ab']", ['a', 'ab', 'abc', 'b', ''])).toEqual(['ab', 'abc', 'b'])
  })

  test('counts a length in Unicode scalar values, elements or members', () => {
    const values = ['😀', 'é', 'ab', [null], { a: 1 }, {}, 1, true, null]
    expect(select('$[?length(@) == 1]', values)).toEqual(['😀', 'é', [null], { a: 1 }])
  })

  test('of arrays and objects is deep, and blind to the order of members', () => {
    const same = [{ a: [1, { b: null }], c: 'x' }, 0]
    const documents = [same, [{ c: 'x', a: [1, { b: null }] }, 0], [{ a: [1, { b: 0 }], c: 'x' }, 0], { ...same }, []]
    expect(select('$[?@ == $[0]]', [[], {}, []])).toEqual([[], []])
    expect(select('$.all[?@ == $.wanted]', { wanted: same, all: documents })).toEqual(documents.slice(0, 2))
  })

  test('finds values of different types unequal and in no order', () => {
    const values = [null, false, 0, '', [], {}]
    expect(select("$[?@ == '']", values)).toEqual([''])
    expect(select('$[?@ >= 0 || @ < 0]', values)).toEqual([0])
    expect(select('$[?@ <= null]', values)).toEqual([null])
  })
})

describe('match() and search()', () => {
  test.each([
    ['[A-Za-z_][0-9]{2,}', ['a12', '_007'], ['a1', 'aa12']],
    ['(ab|c)+-?', ['abc-', 'c'], ['', 'abb']],
    ['\\\\p{Lu}\\\\P{L}', ['A1', 'É-'], ['AA', 'a1']],
    ['a\\\\-b[\\\\-\\\\]x]', ['a-b-', 'a-b]'], ['a-bb']],
    ['[^-a-c]', ['d', '😀'], ['-', 'b']],
    ['.', ['a', '😀', '\u2028'], ['\n', '\r', '']],
    ['', [''], ['a']],
  ])('read %s as an I-Regexp', (pattern, matching, others) => {
    const all = [...matching, ...others]
    expect(select(`$[?match(@, '${pattern}')]`, all)).toEqual(matching)
    expect(select(`$[?search(@, '(${pattern})$')]`, matching)).toEqual(matching)
  })

  test.each([
    'a*?',
    '\\\\d',
    '(?i)a',
    '(?:a)',
    '[a',
    'a)',
    'a{,2}',
    'a{2,1}',
    '\\\\p{Latin}',
    '^*',
    '[^]',
    '[]',
    'a**',
  ])('find nothing with %s, which is none', (pattern) => {
    expect(select(`$[?match(@, '${pattern}') || search(@, '${pattern}')]`, ['a', '1', 'aa', ''])).toEqual([])
  })

  test('take another pattern from each node', () => {
    const nodes = [
      { text: 'aa', pattern: 'a+' },
      { text: 'ab', pattern: 'a+' },
      { text: 'ab', pattern: '.b' },
      { text: 'ab', pattern: 1 },
      { text: 1, pattern: '1' },
    ]
    expect(select('$[?match(@.text, @.pattern)]', nodes)).toEqual([nodes[0], nodes[2]])
  })
})

describe('A path that can not be compiled', () => {
  test.each([
    ['', 0, 'Expected $'],
    ['a', 0, 'Expected $, where a path starts, found "a"'],
    ['$.imo-number', 5, "goes in brackets: ['imo-number']"],
    ['$.a[', 4, 'Expected a quoted name, an index, a slice, * or a filter ?, found the end'],
    ['$.a[1', 5, "Expected ',' or ']', found the end"],
    ['$[007]', 2, 'Write 7, not 007'],
    ['$[-0]', 2, 'Write 0, not -0'],
    ['$[9007199254740992]', 2, '2^53 - 1'],
    ["$['a", 2, "no closing '"],
    ["$['\\x']", 3, 'Escape with'],
    ["$['\\ud83d']", 3, 'a surrogate takes its pair'],
    ["$['a\n']", 4, 'must be escaped'],
    ['$[?@.a = 1]', 7, 'Compare with =='],
    ['$[?!@.a == 1]', 8, 'Put a negated comparison in parentheses'],
    ['$[?@.a == yes]', 10, "Unknown word 'yes'"],
    ['$[?@.a == 5.]', 10, 'Write numbers as in JSON'],
    ["$[?'a']", 3, 'A literal alone is no test'],
    ['$[?@.* == 1]', 3, 'This path may select many nodes'],
    ['$[?(@.a || @.b]', 14, "Expected ')'"],
    ['$[?size(@.a) > 1]', 3, 'Unknown function size(): use length, count, value, match, search'],
    ['$[?length(@.a)]', 3, 'length() gives a value'],
    ["$[?match(@.a, 'b') == true]", 3, 'match() gives true or false'],
    ['$[?match(@.a)]', 3, 'match() takes two arguments'],
    ['$[?count(1) > 0]', 9, 'count() takes a path'],
    ['$[?count(@.a || @.b) > 0]', 13, "Expected ',' or ')' after an argument"],
    ['$.a.length()', 10, "Expected '.', '..', '[' or the end"],
  ])('%s is refused at offset %i', (source, offset, problem) => {
    const error = refusal(source)
    expect(error.message).toContain(problem)
    expect(error.offset).toBe(offset)
  })

  test('shows the path in its message, shortened when it is long', () => {
    expect(refusal('$.a[1').message).toContain('(offset 5 of JSONPath "$.a[1")')
    expect(refusal(`$.${'a'.repeat(1000)}!`).message.length).toBeLessThan(300)
  })

  test('may be too long', () => {
    const longest = `$.${'a'.repeat(4094)}`
    expect(compileJsonPath(longest).get({ ['a'.repeat(4094)]: 1 })).toBe(1)
    expect(refusal(`${longest}a`)).toMatchObject({ offset: 4096, message: expect.stringContaining('4096 characters') })
    expect(refusal(`${longest}a`, compileMapping).offset).toBe(4096)
  })

  test.each([
    ['parentheses', '(', '@.a', ')'],
    ['filters', '@[?', '@.a', ']'],
    ['calls', 'length(', '@.a', ')'],
    ['negations', '!(', '@.a', ')'],
  ])('may nest %s too deep', (_what, open, inner, close) => {
    const nested = (depth: number) => {
      const expression = `${open.repeat(depth)}${inner}${close.repeat(depth)}`
      return open === 'length(' ? `$[?${expression} > 0]` : `$[?${expression}]`
    }
    expect(compileJsonPath(nested(99)).select([[{}]])).toBeDefined()
    expect(refusal(nested(100)).message).toContain('at most 100 deep')
    expect(refusal(`$[?${open.repeat(500)}`).message).toContain('at most 100 deep')
  })
})

describe('A document', () => {
  const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__']

  test.each(inherited)('has no %s unless it is its own', (name) => {
    const plain = { list: [{}, 'text', 1, []], nested: {} }
    for (const source of [`$.${name}`, `$['${name}']`, `$.nested.${name}`, `$.list[0].${name}`, `$.list.${name}`]) {
      expect(compileJsonPath(source).get(plain)).toBeUndefined()
    }
    for (const source of [`$..${name}`, `$.list[*].${name}`, `$.list[?@.${name}]`, `$['${name}','${name}']`]) {
      expect(select(source, plain)).toEqual([])
    }
    const own = JSON.parse(`{"x": {"${name}": 1}}`)
    expect(compileJsonPath(`$.x.${name}`).get(own)).toBe(1)
    expect(select(`$..${name}`, own)).toEqual([1])
    expect(select(`$[?@.${name} == 1]`, own)).toEqual([own.x])
  })

  test('has members in objects and elements in arrays only', () => {
    const document = { text: 'abc', list: [1], object: { 0: 'zero' } }
    for (const source of ['$.text.length', '$.text[0]', '$.list.length', "$.list['0']", '$.object[0]']) {
      expect(compileJsonPath(source).get(document)).toBeUndefined()
    }
    expect(select('$.list[1,-2,5]', document)).toEqual([])
    expect(select('$.text.*', document)).toEqual([])
  })

  test('is not copied', () => {
    const document = { a: [{ b: 1 }] }
    expect(select('$.a[*]', document)[0]).toBe(document.a[0])
  })

  test('may nest deeper than the stack', () => {
    const nest = () => {
      let document: unknown = { x: 1 }
      for (let depth = 0; depth < 50_000; depth++) document = depth % 2 === 0 ? [document] : { a: document }
      return document
    }
    const document = { one: nest(), other: nest() }
    expect(select('$.one..x', document)).toEqual([1])
    expect(select('$[?@ == $.other]', document)).toHaveLength(2)
  })
})

describe('A mapping', () => {
  const document = {
    id: 7,
    none: null,
    'imo-number': 'IMO 1',
    '@type': 'Ship',
    $ref: '#/x',
    o: { 'foo bar': { baz: 1 }, 'x:y': 2, '2nd': 3 },
    list: [{ k: 2, 'unit-price': 9 }, { k: 4, 'unit-price': 20 }, { other: true }],
    numbers: [1, 2, 'three', 3],
    text: 'abc',
    length: 12,
  }

  test.each(['$', '$.', '', '  ', ' $ ', '@', '@.', ' @. '])('%j is the root', (source) => {
    expect(get(source, document)).toBe(document)
  })

  test.each([
    ['id', 7],
    ['$.id', 7],
    ['@.id', 7],
    ['  $.id\t', 7],
    ['@type', 'Ship'],
    ['$.none', null],
    ['none', null],
    ['$.imo-number', 'IMO 1'],
    ['imo-number', 'IMO 1'],
    ['$.@type', 'Ship'],
    ['$.$ref', '#/x'],
    ['$.o.foo bar.baz', 1],
    ['o.foo bar.baz', 1],
    ['$.o.foo bar["baz"]', 1],
    ['$.o.x:y', 2],
    ['o.2nd', 3],
    ["$.['o'].['x:y']", 2],
    ["['id']", 7],
    ['$.list[-1].other', true],
    ['list[*].unit-price', [9, 20]],
    ['$..unit-price', [9, 20]],
    ['*', Object.values(document)],
    ['$.list[?(@.unit-price>10)].k', [4]],
    ['$.list[?(@.k)].k', [2, 4]],
    ['list[?(@.k == 2 && @.unit-price < 10)].k', [2]],
    ['$.missing', undefined],
    ['$.list.k', undefined],
    ['$.length', 12],
  ])('%s reads as Jayway JsonPath reads it', (source, value) => {
    expect(get(source, document)).toEqual(value)
  })

  test.each([
    ['$.list.length()', 3],
    ['list.length( ) ', 3],
    ['$.o.length()', 3],
    ['$.text.length()', undefined],
    ['$.missing.length()', undefined],
    ['$.length()', Object.keys(document).length],
    ['length()', Object.keys(document).length],
    ['$.o.keys()', ['foo bar', 'x:y', '2nd']],
    ['$.list.keys()', undefined],
    ['$.numbers.first()', 1],
    ['$.text.first()', undefined],
    ['$.numbers.sum()', 6],
    ['$.numbers.min()', 1],
    ['$.numbers.max()', 3],
    ['$.numbers.avg()', 2],
    ['$.list[*].k.sum()', 6],
    ['$..k.max()', 4],
    ['$.list.sum()', undefined],
    ['$.text.avg()', undefined],
  ])('%s ends in a function', (source, value) => {
    const path = compileMapping(source)
    expect(path.singular).toBe(true)
    expect(path.get(document)).toEqual(value)
    expect(path.select(document)).toEqual(value === undefined ? [] : [value])
  })

  test.each([
    ['$.a.', 4, 'Expected a name or *'],
    ['.a', 0, 'Expected a name or *'],
    ['  $.a[', 6, 'found the end'],
    ['$id', 1, "Expected '.', '..', '['"],
    ['$...a', 3, 'Expected a name or *'],
    ['$..length()', 9, "Expected '.', '..', '['"],
    ['$.{{name}}', 2, 'Expected a name or *'],
    ["$.it's", 4, 'goes in brackets'],
    ['$.list.median()', 6, 'Unknown function median(): a path may end in length, keys, first, sum, min, max, avg'],
    ['$.sum($.a)', 5, "Expected '.', '..', '['"],
    ['list[?(@.k = 2)]', 11, 'Compare with =='],
  ])('%s is refused at offset %i', (source, offset, problem) => {
    const error = refusal(source, compileMapping)
    expect(error.message).toContain(problem)
    expect(error.offset).toBe(offset)
  })
})

describe('Any query', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd e', 'é', '😀', 'constructor')
  const integer = fc.integer({ min: -4, max: 4 })
  const literal = fc.oneof(
    integer.map(String),
    fc.constantFrom('1.5', '-1.5E0', '2e0', 'true', 'false', 'null', "''", '"a"', "'ab'", "'é'"),
  )
  const { document } = fc.letrec((tie) => ({
    document: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      // No text beyond the basic plane, whose length json-p3 counts in UTF-16 units.
      fc.oneof(integer, fc.constantFrom(1.5, -1.5, true, false, null, '', 'a', 'ab', 'é')),
      fc.array(tie('document'), { maxLength: 4 }),
      // Never empty, as json-p3 finds {} equal to [].
      fc.dictionary(name, tie('document'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    ),
  }))

  const bound = fc.option(integer.map(String), { nil: '' })
  const singularSegment = fc.oneof(
    name.map((text) => `['${text}']`),
    fc.constantFrom('.a', '.b', '.c'),
    integer.map((index) => `[${index}]`),
  )
  const steps = fc.array(singularSegment, { maxLength: 2 }).map((segments) => segments.join(''))
  const singular = steps.map((text) => `@${text}`)
  const operator = fc.constantFrom('==', '!=', '<', '<=', '>', '>=')
  // json-p3 takes $ for the node under test where filters nest, so $ stays out of the filters made below.
  const rooted = fc.tuple(singular, operator, steps).map(([left, sign, right]) => `[?${left} ${sign} $${right}]`)
  const { segments } = fc.letrec<{ segments: string; test: string; value: string }>((tie) => ({
    segments: fc
      .array(
        fc.oneof(
          { depthSize: 'small' },
          singularSegment,
          fc.constantFrom('.*', '..a', '..*', '[*]', "..['b',0]", "['a','b','a']", '[0,-1]', ' [ 1 , * ]'),
          fc.tuple(bound, bound, bound).map((bounds) => `[${bounds.join(':')}]`),
          tie('test').map((test) => `[?${test}]`),
        ),
        { maxLength: 3 },
      )
      .map((parts) => parts.join('')),
    test: fc.oneof(
      { maxDepth: 3 },
      fc.tuple(tie('value'), operator, tie('value')).map(([left, sign, right]) => `${left} ${sign} ${right}`),
      tie('segments').map((text) => `@${text}`),
      // json-p3 turns what isn't text into text before matching it, so only text gets there.
      fc
        .tuple(singular, fc.constantFrom('match', 'search'), fc.constantFrom('a', '.', 'a|b', 'a*', '[b-z]'))
        .map(([text, call, pattern]) => `(${text} >= '' && ${call}(${text}, '${pattern}'))`),
      fc
        .tuple(tie('test'), fc.constantFrom('&&', '||'), tie('test'))
        .map(([left, sign, right]) => `(${left}) ${sign} ${right}`),
      tie('test').map((test) => `!(${test})`),
    ),
    value: fc.oneof(
      { maxDepth: 3 },
      literal,
      singular,
      tie('value').map((value) => `length(${value})`),
      tie('segments').map((text) => `count(@${text})`),
      tie('segments').map((text) => `value(@${text})`),
    ),
  }))

  test('selects the same nodes in the same order as json-p3', () => {
    const property = fc.property(document, segments, fc.option(rooted, { nil: '' }), (root, text, filter) => {
      const source = `$${text}${filter}`
      const oracle = compileOracle(source).query(root as never)
      expect(select(source, root)).toEqual(oracle.values())
    })
    fc.assert(property, { numRuns: 5000, interruptAfterTimeLimit: 2000 })
  })

  test('either compiles or is refused with a place in it', () => {
    const characters = [...'$@.*[]()?!=<>&|,:\'"\\ -019aeu😀']
    const token = fc.constantFrom(...characters, '..', '==', '&&', '[?', 'length(', 'null', '\ud83d')
    const property = fc.property(fc.array(token, { maxLength: 20 }), (tokens) => {
      for (const compile of [compileJsonPath, compileMapping]) {
        try {
          compile(`$${tokens.join('')}`).get([{ a: [0] }])
        } catch (error) {
          expect(error).toBeInstanceOf(JsonPathSyntaxError)
        }
      }
    })
    fc.assert(property, { numRuns: 5000, interruptAfterTimeLimit: 1000 })
  })
})
