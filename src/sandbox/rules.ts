import type { Box } from './record.ts'

/** One approval rule of a model: what must hold for a box for its file to pass validation. */
export type Rule =
  | { readonly type: 'required'; readonly label: string }
  | { readonly type: 'date'; readonly label: string }
  | { readonly type: 'amount'; readonly label: string }
  | { readonly type: 'pattern'; readonly label: string; readonly pattern: RegExp; readonly means: string }
  | { readonly type: 'sum'; readonly label: string; readonly of: readonly string[] }

/** Reads `1,234.50`; anything else is not a number. */
export function amountOf(text: string): number {
  return /^-?\d{1,3}(,?\d{3})*(\.\d+)?$/.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function sumFault(total: string, parts: readonly string[], boxes: readonly Box[]): string {
  const terms = parts.map((label) => boxes.find((box) => box.label === label)?.ocr_text)
  if (terms.some((term) => term === undefined)) return ''
  const sum = terms.reduce((amount, term) => amount + amountOf(term ?? ''), 0)
  if (Math.abs(sum - amountOf(total)) < 0.005) return ''
  return `${total} is not the sum of ${parts.map((label, index) => `${label} ${terms[index]}`).join(' and ')}`
}

/** What is wrong with one box under one rule, or an empty text. */
function faultOf(rule: Rule, box: Box, boxes: readonly Box[]): string {
  switch (rule.type) {
    case 'required':
      return box.ocr_text.trim() === '' ? `${rule.label} must not be empty` : ''
    case 'date':
      return isDate(box.ocr_text) ? '' : `${rule.label} is not a date in the format YYYY-MM-DD`
    case 'amount':
      return Number.isNaN(amountOf(box.ocr_text)) ? `${rule.label} is not an amount` : ''
    case 'pattern':
      return rule.pattern.test(box.ocr_text) ? '' : `${rule.label} is not ${rule.means}`
    case 'sum':
      return sumFault(box.ocr_text, rule.of, boxes)
  }
}

function validateBox(rules: readonly Rule[], box: Box, boxes: readonly Box[]): Box {
  let message = ''
  for (const rule of rules) {
    if (message === '' && rule.label === box.label) message = faultOf(rule, box, boxes)
  }
  const status = message === '' ? 'success' : 'failed'
  if (box.validation_status === status && box.validation_message === message) return box
  return { ...box, validation_status: status, validation_message: message }
}

/** Runs the rules of a model over the boxes of one page and writes each outcome into its box. */
export function validateBoxes(rules: readonly Rule[], boxes: readonly Box[]): readonly Box[] {
  // assumption: rules-run-on-update
  return boxes.map((box) => validateBox(rules, box, boxes))
}
