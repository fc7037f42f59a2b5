/** The job of `bench.ikanos.yml` by hand: what both bare counterparts do between their request and their answer. */

import { Ajv2020 } from 'ajv/dist/2020.js'
import { Pool } from 'undici'

const id = { type: 'string', minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9_-]+$' }

export const inputSchema = {
  type: 'object',
  properties: {
    model_id: id,
    document_id: id,
    amount: { type: 'number', minimum: 0 },
    currency: { type: 'string', enum: ['EUR', 'GBP', 'USD'] },
    urgent: { type: 'boolean' },
    labels: { type: 'array', maxItems: 20, items: { type: 'string', minLength: 1 } },
  },
  required: ['model_id', 'document_id', 'amount', 'currency', 'urgent', 'labels'],
  additionalProperties: false,
}

/** The input was wrong, not the server. */
export class BadInput extends Error {}

/** Validates, forwards, maps. Throws BadInput. */
export function createJob(upstream) {
  const validate = new Ajv2020({ allErrors: true }).compile(inputSchema)
  const pool = new Pool(upstream, { connections: 128 })
  return async (input) => {
    if (!validate(input)) throw new BadInput(validate.errors.map((e) => `${e.instancePath} ${e.message}`).join('; '))
    const { model_id, document_id, amount, currency, urgent, labels } = input
    const answer = await pool.request({
      method: 'POST',
      path: `/v1/models/${encodeURIComponent(model_id)}/documents`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ id: document_id, amount, currency, urgent, labels }),
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(`the upstream answered ${answer.statusCode}`)
    const { document, meta } = JSON.parse(text)
    return {
      id: document.id,
      state: document.state,
      score: document.score,
      pages: document.pages.map(({ page, label }) => ({ number: page, label })),
      request: meta.request,
    }
  }
}

/** Reads a JSON body of at most one mebibyte. */
export function readJson(req) {
  return new Promise((resolve, reject) => {
    const chunks = []
    let bytes = 0
    req.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes > 1024 * 1024) reject(new BadInput('too large'))
      else chunks.push(chunk)
    })
    req.on('end', () => {
      try {
        resolve(JSON.parse((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString('utf8')))
      } catch {
        reject(new BadInput('not JSON'))
      }
    })
    req.on('error', reject)
  })
}

/** Writes a JSON answer. */
export function send(res, status, text) {
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  res.end(text)
}
