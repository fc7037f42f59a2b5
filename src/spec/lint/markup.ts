import { type LintRule, textsOf } from './rule.ts'

/** Descriptions are shown as Markdown: nothing in them may run (ikanos-no-script-tags-in-markdown, ikanos-no-eval-in-markdown). */
export const unsafeMarkup: LintRule = (root, report) => {
  for (const { pointer, text } of textsOf(root, /^(description|display|label|title)$/)) {
    const found = /<script|\beval\s*\(|javascript:/i.exec(text)?.[0]
    if (found !== undefined) report('unsafe-markup', pointer, { found })
  }
}
