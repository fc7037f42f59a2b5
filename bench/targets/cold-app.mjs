/** What a start is measured against: an app on node:http without dependencies. Reads a JSON file, calls its upstream. */

import { readFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const agent = new Agent({ keepAlive: true })
const route = new RegExp(config.route)

function read(path, done) {
  const call = request(config.upstream + path, { agent, headers: { accept: 'application/json' } }, (answer) => {
    let text = ''
    answer.setEncoding('utf8')
    answer.on('data', (chunk) => {
      text += chunk
    })
    answer.on('end', () => done(undefined, JSON.parse(text)))
  })
  call.on('error', done)
  call.end()
}

const server = createServer((req, res) => {
  const match = route.exec(req.url)
  if (match === null) return res.writeHead(404).end()
  read(`${config.path}/${match[1]}`, (error, answer) => {
    const [status, body] = error ? [502, { title: error.message }] : [200, answer.result[0]]
    const text = JSON.stringify(body)
    res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    res.end(text)
  })
})

server.listen(0, '127.0.0.1', () => process.stdout.write(`rest http://127.0.0.1:${server.address().port}\n`))
