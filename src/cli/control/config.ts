/** `capability config` and `capability reload`: what runs, and what would run of the file as it is now. */

import { type Diagnostic, formatDiagnostic } from '../../index.ts'
import type { Control } from './client.ts'
import { listOf, objectOf, plain, said } from './json.ts'
import type { Paint } from './layout.ts'
import type { Told } from './told.ts'

/** What is served, as YAML. */
export async function config(control: Control): Promise<Told> {
  const { text, json } = await control.ask('/config')
  const { yamlText } = await import('../../text/yaml.ts')
  return { json: text, lines: () => (json === undefined ? text : yamlText(json)).trimEnd().split('\n').map(plain) }
}

/** Takes the file as it is now. A file with faults changes nothing, and its faults are told. */
export async function reload(control: Control): Promise<Told> {
  const { text, json, status } = await control.ask('/config/reload', { method: 'POST', also: [422] })
  const diagnostics = diagnosticsOf(json)
  const ok = status !== 422
  return {
    json: text,
    ok,
    lines: (paint) => [
      ...diagnostics,
      ok ? verdict(paint, 'reloaded') : refused(paint, 'not reloaded, what was served before goes on', json),
    ],
  }
}

/** Says whether the file as it is now could be taken; nothing is changed. */
export async function checkReload(control: Control): Promise<Told> {
  const { text, json } = await control.ask('/config/validate', { method: 'POST', also: [422] })
  const ok = objectOf(json).valid === true
  return {
    json: text,
    ok,
    lines: (paint) => [
      ...diagnosticsOf(json),
      ok ? verdict(paint, 'could be reloaded') : refused(paint, 'could not be reloaded', json),
    ],
  }
}

const verdict = (paint: Paint, what: string) => `${paint('good', '✓')} ${what}`

function refused(paint: Paint, what: string, json: unknown): string {
  const { detail, diagnostics } = objectOf(json)
  const why = listOf(diagnostics).length > 0 || detail === undefined ? '' : `: ${said(detail)}`
  return `${paint('bad', '✗')} ${what}${why}`
}

/** As `validate` prints them. */
function diagnosticsOf(json: unknown): readonly string[] {
  return listOf(objectOf(json).diagnostics).map((one) => {
    const text = 'location' in one ? formatDiagnostic(one as unknown as Diagnostic) : said(one.message)
    return `${text.split('\n').map(plain).join('\n')}\n`
  })
}
