/** The upstream: a fixed answer to a POST, and one page to read. As little work as node:http allows. */

import { createServer } from 'node:http'
import { listen } from './side-channel.mjs'

const submitted = JSON.stringify({
  status: 'ok',
  document: {
    id: '3d9c4a75-78d5-4a06-afd5-4e3b07172d80',
    state: 'queued',
    score: 0.93,
    pages: [
      { page: 0, label: 'invoice', rotation: 0 },
      { page: 1, label: 'terms', rotation: 0 },
    ],
  },
  meta: { request: 'b2f1c0de-5d1c-4f4e-9c38-2f7f5f0f6a10', region: 'eu-1', took_ms: 12 },
})

const page = JSON.stringify({
  message: 'Success',
  result: [
    {
      id: 'p1',
      request_file_id: 'f1',
      page: 0,
      original_file_name: 'invoice.pdf',
      is_moderated: false,
      approval_status: '',
      day_since_epoch: 20000,
      hour_of_day: 9,
      predicted_boxes: [],
      moderated_boxes: null,
    },
  ],
})

function headers(text) {
  return ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(text))]
}

const [submittedHeaders, pageHeaders] = [headers(submitted), headers(page)]

const server = createServer((req, res) => {
  if (req.method === 'GET') {
    res.writeHead(200, pageHeaders)
    res.end(page)
    return
  }
  req.on('end', () => {
    res.writeHead(200, submittedHeaders)
    res.end(submitted)
  })
  req.resume()
})

listen(server)
