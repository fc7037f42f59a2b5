/** An upstream made of a description: it knows which requests the description allows, and answers as it says. */

import { createServer } from 'node:http'

const methods = ['get', 'put', 'post', 'delete', 'patch']

/** Starts it on a free port. `faults` = what came and the description does not know. */
export async function startUpstream(root) {
  const follow = follower(root)
  const routes = routesOf(root, follow)
  const faults = []
  const calls = []
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url === '/token-of-the-measure') return answer(response, 200, { access_token: 'token' })
      const { fault, operation } = allowed(request, Buffer.concat(chunks).toString(), routes, follow)
      if (fault === undefined) calls.push(operation)
      else faults.push(`${request.method} ${request.url}: ${fault}`)
      answer(response, fault === undefined ? 200 : 599, fault === undefined ? {} : { fault })
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    faults,
    calls,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

function answer(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function follower(root) {
  return (value) => {
    let found = value
    for (let i = 0; typeof found?.$ref === 'string' && i < 20; i++)
      found = found.$ref
        .slice(2)
        .split('/')
        .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce((at, key) => at?.[key], root)
    return found ?? {}
  }
}

/** The more of a path is fixed, the earlier it is tried. */
function routesOf(root, follow) {
  const all = Object.entries(root.paths ?? {}).flatMap(([path, at]) => {
    const item = follow(at)
    return methods.filter((method) => method in item).map((method) => routeOf(path, method, item, follow))
  })
  return all.sort((a, b) => a.variables - b.variables)
}

function routeOf(path, method, item, follow) {
  const pattern = path
    .replace(/[?#].*$/s, '')
    .split(/(\{[^{}]+\})/)
    .map((part) => (part.startsWith('{') ? '[^/]+' : part.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&')))
    .join('')
  return {
    method: method.toUpperCase(),
    path,
    pattern: new RegExp(`${pattern.replace(/\/$/, '')}/?$`),
    variables: path.split('{').length,
    parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map(follow),
    body: item[method].requestBody,
  }
}

function allowed({ method, url, headers }, body, routes, follow) {
  const [path, query = ''] = url.split('?')
  // Encoded slashes stay in their segment.
  const plain = path.replaceAll('%2F', '~').split('/').map(decodeURIComponent).join('/')
  const known = routes.filter((route) => route.method === method && route.pattern.test(plain))
  if (known.length === 0) return { fault: 'no such operation' }
  const faults = known.map((route) => faultOf(route, new URLSearchParams(query), headers, body, follow))
  const fit = faults.indexOf(undefined)
  return fit < 0 ? { fault: faults[0] } : { operation: `${known[fit].method} ${known[fit].path}` }
}

function faultOf({ parameters, body: wanted }, query, headers, body, follow) {
  const missing = parameters.find(
    ({ name, in: place, required }) =>
      required === true &&
      ((place === 'query' && ![...query.keys()].some((key) => key === name || key.startsWith(`${name}[`))) ||
        (place === 'header' && !ignored.includes(name.toLowerCase()) && headers[name.toLowerCase()] === undefined)),
  )
  if (missing !== undefined) return `${missing.name} is missing`
  if (follow(wanted).required === true && body === '') return 'the body is missing'
  if (/json/.test(headers['content-type'] ?? '') && body !== '' && !isJson(body)) return 'the body is no JSON'
  return undefined
}

const ignored = ['accept', 'content-type', 'authorization']

function isJson(text) {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
