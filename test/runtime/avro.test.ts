import { describe, expect, test } from 'vitest'
import { avroReader } from '../../src/runtime/formats/avro.ts'

const read = (schema: unknown, hex: string) =>
  avroReader(JSON.stringify(schema))(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const record = (...fields: readonly object[]) => ({ type: 'record', name: 'R', namespace: 'n', fields })

describe('Avro', () => {
  test.each<readonly [unknown, string, unknown]>([
    ['null', '', null],
    ['boolean', '01', true],
    ['int', '7f', -64],
    ['long', '7f', -64],
    // Beyond what JSON readers keep, a number is a text.
    ['long', '808080808080808020', '1152921504606846976'],
    ['float', '0000c03f', 1.5],
    ['double', '000000000000f83f', 1.5],
    ['bytes', '04 00ff', 'AP8='],
    ['string', '04 c3a9', 'é'],
    [{ type: 'string', logicalType: 'uuid' }, '02 61', 'a'],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, '02', 'B'],
    [{ type: 'fixed', name: 'F', size: 2 }, '00ff', 'AP8='],
    [{ type: 'array', items: 'int' }, '04 02 04 00', [1, 2]],
    [{ type: 'array', items: 'int' }, '03 04 02 04 00', [1, 2]],
    [{ type: 'map', values: 'int' }, '02 02 61 06 00', { a: 3 }],
    [['null', 'string'], '02 02 61', 'a'],
    [record({ name: 'next', type: ['null', 'R'] }), '02 02 00', { next: { next: { next: null } } }],
    [record({ name: '__proto__', type: 'int' }), '02', JSON.parse('{"__proto__": 1}')],
  ])('(%j) is read as it was written', (schema, hex, expected) => {
    expect(read(schema, hex)).toEqual(expected)
  })

  test.each<readonly [string, unknown, string]>([
    ['a length beyond the end', 'string', 'fe ff ff ff 0f 61'],
    ['a negative length', 'bytes', '03'],
    ['a count that is never ended', { type: 'array', items: 'null' }, 'fe ff ff ff 0f'],
    ['a branch that is not there', ['null', 'int'], '04'],
    ['a number without an end', 'long', 'ffffffffffffffffffffffff'],
    ['bytes that are left over', 'null', '00'],
    ['records without an end', record({ name: 'next', type: ['null', 'R'] }), '02'.repeat(1000)],
  ])('(%s) is refused', (_, schema, hex) => {
    expect(() => read(schema, hex)).toThrow()
  })

  test.each(['{', '"nothing"', '{"type": "record", "name": "R"}', 'null'])('(%s) is no schema', (schema) => {
    expect(() => avroReader(schema)).toThrow('no Avro schema')
  })
})
