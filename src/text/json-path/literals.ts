import type { Scanner } from './scanner.ts'

// All from the blank up but the quote, the backslash and lone surrogates.
const UNESCAPED = {
  "'": /[ -&(-[\]-\ud7ff\ue000-\u{10ffff}]+/uy,
  '"': /[ !#-[\]-\ud7ff\ue000-\u{10ffff}]+/uy,
} as const

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['/', '/'],
  ['\\', '\\'],
])

/** Reads a quoted string (RFC 9535 §2.3.1.1), the scanner being at its opening quote. Throws JsonPathSyntaxError. */
export function parseString(scanner: Scanner): string {
  const start = scanner.offset
  const quote = scanner.match(/['"]/y) === "'" ? "'" : '"'
  let text = ''
  for (;;) {
    text += scanner.match(UNESCAPED[quote]) ?? ''
    if (scanner.accept(quote)) return text
    if (scanner.done) scanner.fail(`This string has no closing ${quote}`, start)
    if (!scanner.accept('\\')) scanner.fail('This character must be escaped in a string, as in \\n or \\u0009')
    text += parseEscape(scanner, quote)
  }
}

function parseEscape(scanner: Scanner, quote: string): string {
  const start = scanner.offset - 1
  if (scanner.accept(quote)) return quote
  if (scanner.accept('u')) return parseUnicodeEscape(scanner, start)
  const plain = ESCAPED.get(scanner.peek())
  if (plain === undefined)
    return scanner.fail(`Escape with \\b \\f \\n \\r \\t \\/ \\\\ \\${quote} or \\uXXXX only`, start)
  scanner.offset++
  return plain
}

function parseUnicodeEscape(scanner: Scanner, start: number): string {
  const pair = scanner.match(/d[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}/iy)
  // The pattern ignores case for the digits' sake, but the second escape wants a small u as well.
  if (pair?.charAt(5) === 'u') return String.fromCharCode(parseHex(pair.slice(0, 4)), parseHex(pair.slice(6)))
  const unit = pair === undefined ? scanner.match(/(?!d[89a-f])[0-9a-f]{4}/iy) : undefined
  if (unit !== undefined) return String.fromCharCode(parseHex(unit))
  return scanner.fail('\\u takes four hex digits, and a surrogate takes its pair: \\ud83d\\ude00', start)
}

function parseHex(digits: string): number {
  return Number.parseInt(digits, 16)
}

/**
 * Reads an index or slice bound (RFC 9535 §2.1: no leading zeros, no -0, within ±(2^53−1)).
 * Gives undefined when none is here; throws JsonPathSyntaxError.
 */
export function parseInteger(scanner: Scanner): number | undefined {
  const start = scanner.offset
  const digits = scanner.match(/-?\d+/y)
  if (digits === undefined) return undefined
  const value = Number(digits)
  if (!Number.isSafeInteger(value)) scanner.fail('An index lies between -(2^53 - 1) and 2^53 - 1', start)
  if (String(value) !== digits) scanner.fail(`Write ${value}, not ${digits}`, start)
  return value
}

/** Reads a number literal (RFC 9535 §2.3.5.1). Gives undefined when none is here; throws JsonPathSyntaxError. */
export function parseNumber(scanner: Scanner): number | undefined {
  const start = scanner.offset
  const text = scanner.match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y)
  if (text === undefined) return undefined
  if (/[\w.]/.test(scanner.peek())) scanner.fail('Write numbers as in JSON: 0.5, -1, 1e3', start)
  return Number(text)
}
