/** I-Regexp, the interoperable regular expressions of RFC 9485, as JavaScript ones. */

const CATEGORY = String.raw`\\[pP]\{(?:C[cfno]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)\}`
const ESCAPE = String.raw`\\[()*+\-.?[\\\]^nrt{|}]`
const CLASS_CHAR = String.raw`(?:[^\-[\\\]]|${ESCAPE})`
const CLASS_ITEM = `(?:${CLASS_CHAR}(?:-${CLASS_CHAR})?|${CATEGORY})`
const CLASS = String.raw`\[(?:\^|(?!\^))(?:-|${CLASS_ITEM})${CLASS_ITEM}*-?\]`
const NORMAL = String.raw`[^()*+.?[\\\]{|}]`
// A quantifier before '?' would be JavaScript's lazy one, which I-Regexp lacks. Other misplaced tokens fail in RegExp.
const QUANTIFIER = String.raw`(?:[*+?]|\{\d+(?:,\d*)?\})(?!\?)`
const TOKEN = new RegExp(`${CATEGORY}|${ESCAPE}|${CLASS}|${NORMAL}|[.()|]|${QUANTIFIER}`, 'guy')

/**
 * Compiles an I-Regexp that must match a whole string (`match`) or part of one (`search`), RFC 9485 §5.3.
 * Gives undefined for text that isn't an I-Regexp. `^` and `$` stay anchors, as the compliance suite wants.
 */
export function compileRegexp(pattern: string, whole: boolean): RegExp | undefined {
  let source = ''
  let covered = 0
  for (const [token] of pattern.matchAll(TOKEN)) {
    source += translateToken(token)
    covered += token.length
  }
  if (covered !== pattern.length) return undefined
  try {
    return new RegExp(whole ? `^(?:${source})$` : source, 'u')
  } catch {
    return undefined
  }
}

function translateToken(token: string): string {
  if (token === '.') return '[^\\n\\r]'
  if (token === '(') return '(?:'
  return token === '\\-' ? '-' : token
}
