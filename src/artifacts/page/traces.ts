/** The last calls and what they were made of. */

import { attributes, type Html, html } from './html.ts'

/** A call that was traced: what the control surface tells of it too. */
export interface PageTrace {
  readonly traceId: string
  readonly operation: string
  readonly status: 'OK' | 'ERROR'
  readonly durationMs: number
  /** ISO 8601. */
  readonly timestamp: string
  readonly spans: readonly PageSpan[]
}

export interface PageSpan {
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly durationMs: number
  readonly status: 'OK' | 'ERROR'
  readonly attributes: Readonly<Record<string, string | number>>
}

/** The list, which the page replaces when it is refreshed. */
export function tracesHtml(traces: readonly PageTrace[]): Html {
  if (traces.length === 0) return html`<div id="trace-list"><p class="hint">No call has been made yet.</p></div>`
  return html`<div id="trace-list">${traces.map(traceHtml)}</div>`
}

function traceHtml({ traceId, status, durationMs, timestamp, spans }: PageTrace): Html {
  const [root] = spans
  const fault = spans.map((span) => span.attributes['error.type']).find((type) => type !== undefined)
  const result = fault ?? (status === 'OK' ? 'ok' : 'failed')
  const mark = status === 'ERROR' ? 'bad' : fault === undefined ? 'good' : 'odd'
  return html`<details class="trace">
<summary><time datetime="${timestamp}">${timestamp.slice(11, 19)} UTC</time> <span class="through">${root?.attributes['ikanos.adapter.type'] ?? ''}</span> <code>${nameOf(spans)}</code> <span class="mark ${mark}">${result}</span> <span class="took">${ms(durationMs)}</span></summary>
<ol class="spans">${spans.map((span) => spanHtml(span, spans))}</ol>
<p class="hint">Trace <code>${traceId}</code></p>
</details>
`
}

/** A tool call by its tool, a request by its route with the verb first. */
function nameOf(spans: readonly PageSpan[]): string {
  const told = spans.find(({ name }) => name === 'mcp.tool') ?? spans[0]
  const [path = '', verb] = String(told?.attributes['ikanos.operation.id'] ?? told?.name ?? '').split(' ')
  return verb === undefined ? path : `${verb} ${path}`
}

function spanHtml(span: PageSpan, spans: readonly PageSpan[]): Html {
  const { name, durationMs, status, attributes: facts } = span
  const what = told.map((fact) => facts[fact]).find((value) => value !== undefined) ?? ''
  const code = facts['http.response.status_code']
  return html`<li${attributes({ class: `deep-${Math.min(depthOf(span, spans), 4)}` })}><code>${name}</code> <span class="hint">${what}${code !== undefined && ` → ${code}`}</span>${status === 'ERROR' && html` <span class="mark bad">failed</span>`} <span class="took">${ms(durationMs)}</span></li>
`
}

/** The fact that tells a span from others of its name. */
const told = [
  'url.template',
  'ikanos.operation.id',
  'ikanos.aggregate.ref',
  'ikanos.step.call',
  'ikanos.step.script.file',
  'ikanos.step.match',
]

function depthOf({ parentSpanId }: PageSpan, spans: readonly PageSpan[]): number {
  const parent = spans.find(({ spanId }) => spanId === parentSpanId)
  return parent === undefined ? 0 : 1 + depthOf(parent, spans)
}

function ms(duration: number): string {
  return `${duration < 10 ? duration.toFixed(1) : Math.round(duration)} ms`
}
