import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTemplate, solePlaceholder, TemplateSyntaxError } from '../../src/text/template.ts'

function parts(source: string): readonly string[] {
  return parseTemplate(source).parts.map((part) => (typeof part === 'string' ? part : `<${part.name}>`))
}

function refusal(source: string): TemplateSyntaxError {
  try {
    parseTemplate(source)
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error
    throw error
  }
  throw new Error(`${source} was accepted`)
}

describe('A template', () => {
  test.each([
    ['', []],
    ['plain', ['plain']],
    ['{{x}}', ['<x>']],
    ['{{ x }}', ['<x>']],
    ['a{{x}}b{{y}}c', ['a', '<x>', 'b', '<y>', 'c']],
    ['{{x}}{{y}}', ['<x>', '<y>']],
    ['{{shop.id}}', ['<shop.id>']],
    ['{{$this.shop.id}}', ['<$this.shop.id>']],
    ['{{order-id}}', ['<order-id>']],
    ['{{größe}}', ['<größe>']],
    ['{one} brace', ['{one} brace']],
    ['}} closes nothing', ['}} closes nothing']],
    ['line\n{{x}}\nline', ['line\n', '<x>', '\nline']],
  ])('%j is %j', (source, expected) => {
    expect(parts(source)).toEqual(expected)
  })

  test.each(['{{x}}', '{{{x}}}', '{{&x}}', '{{ & x }}', '{{{ x }}}'])('%s means the value of x as it is', (source) => {
    expect(parts(source)).toEqual(['<x>'])
  })

  test('keeps its source', () => {
    expect(parseTemplate('a {{ x }}').source).toBe('a {{ x }}')
  })

  test('says where each placeholder starts', () => {
    expect(parseTemplate('ab{{x}}{{y}}').parts).toEqual(['ab', { name: 'x', offset: 2 }, { name: 'y', offset: 7 }])
  })

  test.each(['#', '^', '/', '>', '!', '='])('refuses the Mustache tag {{%sx}}, which is not run', (sigil) => {
    expect(refusal(`ab{{${sigil}x}}`)).toMatchObject({ offset: 2, message: expect.stringContaining('not run') })
  })

  test.each(['{{x', '{{x}', '{{{x}}', 'a {{x}} b {{y'])('refuses %s, which is never closed', (source) => {
    expect(refusal(source).message).toContain('is never closed')
  })

  test.each(['{{}}', '{{ }}', '{{a b}}', '{{&}}', '{{a{b}}'])('refuses %s, which holds no name', (source) => {
    expect(refusal(source).message).toContain('holds no name')
  })

  test('quotes only the start of a long text that is never closed', () => {
    expect(refusal(`{{${'x'.repeat(1000)}`).message.length).toBeLessThan(60)
  })

  test('of one placeholder alone is told from one with text around it', () => {
    expect(solePlaceholder(parseTemplate('{{x}}'))?.name).toBe('x')
    expect(solePlaceholder(parseTemplate(' {{x}}'))).toBeUndefined()
    expect(solePlaceholder(parseTemplate('{{x}}{{y}}'))).toBeUndefined()
    expect(solePlaceholder(parseTemplate('x'))).toBeUndefined()
    expect(solePlaceholder(parseTemplate(''))).toBeUndefined()
  })
})

describe('Whatever its text', () => {
  const name = fc.stringMatching(/^[A-Za-z_$][A-Za-z0-9_.-]{0,8}$/)
  const literal = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[{}]/.test(text))
  const piece = fc.oneof(literal, fc.record({ name }))

  test('a template that was printed from its parts is parsed into the same parts', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const source = pieces.map((p) => (typeof p === 'string' ? p : `{{${p.name}}}`)).join('')
        const printed = parts(source).map((p) => p.replace(/^<(.*)>$/s, '{{$1}}'))
        const names = parseTemplate(source).parts.flatMap((p) => (typeof p === 'string' ? [] : [p.name]))
        expect(printed.join('')).toBe(source.replaceAll(/<(.*?)>/gs, '<$1>'))
        expect(names).toEqual(pieces.flatMap((p) => (typeof p === 'string' ? [] : [p.name])))
      }),
    )
  })

  test('a template is parsed or refused with a place inside of it', () => {
    const braces = fc.string({ unit: fc.constantFrom('{', '}', 'x', ' ', '#', '&', '.'), maxLength: 20 })
    fc.assert(
      fc.property(braces, (source) => {
        try {
          parseTemplate(source)
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateSyntaxError)
          const { offset } = error as TemplateSyntaxError
          expect(source.slice(offset, offset + 2)).toBe('{{')
        }
      }),
    )
  })

  test('text without two opening braces is one literal', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        fc.pre(!text.includes('{{'))
        expect(parseTemplate(text).parts).toEqual([text])
      }),
    )
  })
})
