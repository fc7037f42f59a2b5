import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileBody } from '../../src/compile/body.ts'
import { inputScope } from '../../src/compile/scope.ts'
import { bodyWriter } from '../../src/runtime/body.ts'
import { readXml } from '../../src/runtime/formats/xml.ts'
import { collectReports } from '../support/report.ts'

type Body = Parameters<typeof compileBody>[0]
type Input = Readonly<Record<string, unknown>>

function written(body: Body, input: Input) {
  const { report, found } = collectReports()
  const plan = compileBody(body, inputScope(['x', 'y'], 'shop'), report, '/body')
  expect(found).toEqual([])
  return bodyWriter(plan, new Map())(input)
}

/** The fields of a form, read by the platform. */
async function formOf({ body, contentType = 'application/x-www-form-urlencoded' }: ReturnType<typeof written>) {
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData()
  return Promise.all(
    [...form].map(async ([name, value]) =>
      typeof value === 'string' ? [name, value] : [name, value.name, value.type, await value.text()],
    ),
  )
}

const wellFormed = fc.string({ unit: 'grapheme' })
const xmlText = wellFormed.filter((text) => !/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text))

describe('A value in a body', () => {
  test('comes out of XML as it went in', () => {
    const body = { type: 'xml', data: '<a b="-{{x}}-"><c>-{{x}}-</c></a>' }
    fc.assert(
      fc.property(xmlText, (x) => {
        const read = readXml(String(written(body, { x }).body)) as { readonly b: string; readonly c: string }
        expect(read.c).toBe(`-${x}-`)
        // A parser makes blanks of line breaks in an attribute (XML 1.0 §3.3.3).
        expect(read.b).toBe(`-${x.replace(/[\t\n]/g, ' ')}-`)
      }),
    )
  })

  test.each<readonly [string, Body]>([
    ['a form by name', { type: 'formUrlEncoded', data: { x: '{{x}}', end: 'yes' } }],
    ['a form written as text', { type: 'formUrlEncoded', data: 'x={{x}}&end=yes' }],
  ])('comes out of %s as it went in', async (_, body) => {
    await fc.assert(
      fc.asyncProperty(wellFormed, async (x) => {
        expect(await formOf(written(body, { x }))).toEqual([
          ['x', x],
          ['end', 'yes'],
        ])
      }),
    )
  })

  test('comes out of a multipart form as it went in', async () => {
    const body = {
      type: 'multipartForm',
      data: [
        { name: 'x', value: '{{x}}' },
        { name: 'end', value: 'yes' },
      ],
    }
    await fc.assert(
      fc.asyncProperty(wellFormed, async (x) => {
        expect(await formOf(written(body, { x }))).toEqual([
          ['x', x],
          ['end', 'yes'],
        ])
      }),
    )
  })
})

describe('A multipart form', () => {
  const file = { name: 'f', value: '{{x}}', filename: '{{y}}', contentType: 'text/csv' }

  test('carries a file with its name and type', async () => {
    const body = { type: 'multipartForm', data: [file] }
    expect(await formOf(written(body, { x: 'a,b', y: 'list.csv' }))).toEqual([['f', 'list.csv', 'text/csv', 'a,b']])
  })

  test('leaves out a part that is not given', async () => {
    const body = { type: 'multipartForm', data: [file, { name: 'end', value: 'yes' }] }
    expect(await formOf(written(body, {}))).toEqual([['end', 'yes']])
  })

  test('keeps quotes and line breaks of a file name in their place', () => {
    const { body } = written({ type: 'multipartForm', data: [file] }, { x: 'a', y: 'a"\r\nX-Evil: 1' })
    expect(body).toContain('filename="a%22%0D%0AX-Evil: 1"\r\nContent-Type: text/csv')
  })
})

describe('A SPARQL query', () => {
  const query = (data: string, input: Input) => written({ type: 'sparql', data }, input).body

  test.each([
    ['"{{x}}"', 'a"\\', '"a\\"\\\\"'],
    ["'''{{x}}'''", "a'''", "'''a\\'\\'\\''''"],
    ['<http://a/{{x}}>', 'b> c', '<http://a/b%3E%20c>'],
    ['?a < {{x}} && ?b > "{{x}}"', '5', '?a < 5 && ?b > "5"'],
    ['{{x}}', 'SELECT * {}', 'SELECT * {}'],
    ['?s a {{x}}', 'ex:Lamp', '?s a ex:Lamp'],
  ])('(%s) takes a value in its place', (data, x, sent) => {
    expect(query(data, { x })).toBe(sent)
  })

  test.each(['# {{x}}\n', '{{x}} .', '"a" {{x}}'])('(%s) takes no syntax where it is bare', (data) => {
    expect(() => query(data, { x: '} ; DROP' })).toThrow('the input does not fit')
  })
})
