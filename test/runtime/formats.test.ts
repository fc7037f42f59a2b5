import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnswerPlan } from '../../src/plan.ts'
import { binaryOf } from '../../src/runtime/formats/binary.ts'
import { createFormats } from '../../src/runtime/formats/formats.ts'

async function readerOf(plan: AnswerPlan) {
  const formats = createFormats()
  const read = formats.reader(plan)
  await formats.ready()
  return (text: string) => read(Buffer.from(text), undefined)
}

describe('XML', () => {
  test.each<readonly [string, unknown]>([
    ['<a/>', ''],
    ['<a>text</a>', { '': 'text' }],
    ['<a x="1"/>', { x: '1' }],
    ['<a x="1">text</a>', { x: '1', '': 'text' }],
    ['<a>one<b/>two</a>', { b: '', '': ['one', 'two'] }],
    ['<a><b>1</b><c>2</c><b>3</b></a>', { b: ['1', '3'], c: '2' }],
    ['<a b="1"><b>2</b></a>', { b: ['1', '2'] }],
    ['<p:a xmlns:p="u" p:x="1"><p:b> </p:b></p:a>', { x: '1', b: ' ' }],
    ['<a><b><![CDATA[<&]]>&lt;&#65;</b></a>', { b: '<&<A' }],
    ['<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>', null],
    ['<a><b>1</b></a>what follows', { b: '1' }],
    ['<a><__proto__>1</__proto__></a>', JSON.parse('{"__proto__": "1"}')],
  ])('%s is read as the reference engine reads it', async (text, expected) => {
    expect((await readerOf({ format: 'xml' }))(text)).toEqual(expected)
  })

  test.each([
    '',
    '<a>',
    '<a></b>',
    '<a b=1/>',
    '<p:a/>',
    '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
    '<a>'.repeat(300),
  ])('%s is refused', async (text) => {
    const read = await readerOf({ format: 'xml' })
    expect(() => read(text)).toThrow()
  })
})

describe('Rows of cells', () => {
  test.each([
    ['csv', ','],
    ['tsv', '\t'],
    ['psv', '|'],
  ] as const)('come out of %s as they went in', async (format, delimiter) => {
    const read = await readerOf({ format })
    const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
    const row = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const text = ['a', 'b'].join(delimiter) + rows.map((cells) => `\n${cells.map(quoted).join(delimiter)}`).join('')
        expect(read(text)).toEqual(rows.map(([a, b]) => ({ a, b })))
      }),
    )
  })
})

describe('HTML', () => {
  test('is no tree but tables, however it is broken', async () => {
    const read = await readerOf({ format: 'html' })
    fc.assert(
      fc.property(fc.array(fc.constantFrom('<table>', '<tr>', '<th>', '<td>', '</tr>', '</table>', 'x')), (parts) => {
        expect(Object.keys(read(parts.join('')) as object)).toEqual(['tables'])
      }),
    )
  })

  test('with a selector that is none refuses the start', async () => {
    await expect(readerOf({ format: 'html', schema: 'table[' })).rejects.toThrow('is no CSS selector')
  })
})

describe('Markdown', () => {
  test.each<readonly [string, unknown]>([
    ['a\n\n---\nb: 1\n---\n', {}],
    ['---\nb: 1\n---\n', { b: 1 }],
    ['---\n---\n', {}],
    ['---\nb: 1\n', {}],
  ])('(%j) has the front matter %j', async (text, frontMatter) => {
    expect((await readerOf({ format: 'markdown' }))(text)).toMatchObject({ frontMatter })
  })
})

describe('The media type of bytes', () => {
  const answer = (contentType: string | undefined) => ({
    status: 200,
    text: '',
    retryAfter: undefined,
    bytes: Buffer.from('x'),
    contentType,
  })

  test.each([
    ['image/png', undefined, 'image/png'],
    ['text/html; charset="utf-8"', undefined, 'text/html; charset="utf-8"'],
    ['image/png', 'application/pdf', 'application/pdf'],
    ['image/png\r\nx: y', undefined, 'application/octet-stream'],
    ['image', undefined, 'application/octet-stream'],
    [undefined, undefined, 'application/octet-stream'],
  ])('%j, where the capability says %j, is %j', (upstream, said, expected) => {
    expect(binaryOf(answer(upstream), said)?.mediaType).toBe(expected)
  })
})
