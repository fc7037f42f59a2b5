/** What Redocly and Spectral say of a document, in a line each. */

import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { RulesetDefinition } from '@stoplight/spectral-core'
import { parse } from 'yaml'

/** Errors and warnings of Redocly's recommended rules: OpenAPI, Arazzo and Overlay, by what the text says it is. */
export async function redocly(text: string, path = '/published/document.yml'): Promise<readonly string[]> {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source: text, absoluteRef: path, config })
  return problems.map(({ severity, ruleId, message, location }) => {
    const [at] = location
    return `${severity} ${ruleId}: ${message} ${at !== undefined && 'pointer' in at ? at.pointer : ''}`
  })
}

/** What a ruleset, as text, says of a document. Spectral itself is only loaded for it: it takes long to start. */
export async function spectral(text: string, ruleset: string): Promise<readonly string[]> {
  const [{ default: core }, { default: rulesets }, { default: functions }] = await Promise.all([
    import('@stoplight/spectral-core'),
    import('@stoplight/spectral-rulesets'),
    import('@stoplight/spectral-functions'),
  ])
  const linter = new core.Spectral()
  const definition = parse(ruleset, (key, value) => {
    if (key === 'function') return functions[value as keyof typeof functions]
    return value === 'spectral:oas' ? rulesets.oas : value
  })
  linter.setRuleset(definition as RulesetDefinition)
  const found = await linter.run(parse(text))
  return found.map(({ severity, code, message, path }) => `${severity} ${code}: ${message} ${path.join('/')}`)
}
