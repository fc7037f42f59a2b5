/** A value as our schema takes it: the one given, or what can be understood of it; the same for every file. */

import type { Report } from '../diagnostics.ts'
import { understood } from './published.ts'
import { fitsSchema } from './schema.ts'
import type { Text } from './source.ts'
import { validateSchema } from './validate.ts'

/** The text with a value that fits, or undefined after a report of what does not. Places stay those of the text. */
export function fitted(text: Text, report: Report): Text | undefined {
  if (text.checked || fitsSchema('capability', text.value)) return text
  const value = understood(text.value, report)
  return validateSchema('capability', value, report) ? { ...text, value } : undefined
}
