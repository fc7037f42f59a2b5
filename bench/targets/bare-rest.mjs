/** What the REST surface is measured against: node:http, ajv and undici's `Pool.request`, written for this one route. */

import { createServer } from 'node:http'
import { BadInput, createJob, readJson, send } from './job.mjs'
import { listen } from './side-channel.mjs'

const job = createJob(process.argv[2])
const route = /^\/v1\/models\/([^/?]+)\/documents$/

const server = createServer(async (req, res) => {
  const match = route.exec(req.url)
  if (match === null) return send(res, 404, '{"title":"Not found"}')
  if (req.method !== 'POST') return send(res, 405, '{"title":"Method not allowed"}')
  try {
    const body = await readJson(req)
    send(res, 200, JSON.stringify(await job({ ...body, model_id: decodeURIComponent(match[1]) })))
  } catch (error) {
    send(res, error instanceof BadInput ? 400 : 502, JSON.stringify({ title: error.message }))
  }
})

listen(server)
