/** A text from an address that a person gave: https, or http on this machine; bounded in time and size. */

import { request as insecure } from 'node:http'
import { request as secure } from 'node:https'
import type { LookupFunction } from 'node:net'
import { StartError } from '../errors.ts'
import { isPrivateHost, privateAddressCode, publicLookup } from './private-address.ts'

const limits = { bytes: 32 * 1024 * 1024, milliseconds: 30_000, redirects: 5 } as const

/** The text, and where it was found in the end. Throws StartError. */
export async function fetchText(address: string): Promise<{ readonly text: string; readonly url: string }> {
  const signal = AbortSignal.timeout(limits.milliseconds)
  let url = new URL(address)
  const isLocal = isLoopback(url)
  for (let redirects = 0; redirects <= limits.redirects; redirects++) {
    // What starts outside may not lead to this machine.
    if (isLoopback(url) && !isLocal) throw new StartError(`${shown(url)} is at a private address`)
    const answer = await get(url, signal)
    if ('text' in answer) return { text: answer.text, url: url.href }
    url = new URL(answer.location, url)
  }
  throw new StartError(`${shown(url)} redirects more than ${limits.redirects} times`)
}

/** Credentials and queries may be secrets. */
const shown = ({ origin, pathname }: URL) => `${origin}${pathname}`

const isLoopback = ({ hostname }: URL) => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)

type Answer = { readonly text: string } | { readonly location: string }

function get(url: URL, signal: AbortSignal): Promise<Answer> {
  const isLocal = isLoopback(url)
  if (url.protocol !== 'https:' && !(isLocal && url.protocol === 'http:'))
    throw new StartError(`${shown(url)} is no https address`)
  if (isPrivateHost(url) && !isLocal) throw new StartError(`${shown(url)} is at a private address`)
  const lookup: { lookup?: LookupFunction } = isLocal ? {} : { lookup: publicLookup() }
  const send = url.protocol === 'https:' ? secure : insecure
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new StartError(`${shown(url)} ${why}`))
    const headers = { accept: 'application/json, application/yaml, text/yaml, */*' }
    const request = send(url, { ...lookup, signal, headers }, (response) => {
      const { statusCode = 0, headers: sent } = response
      if (statusCode >= 300 && statusCode < 400 && sent.location !== undefined) {
        response.destroy()
        return resolve({ location: sent.location })
      }
      if (statusCode !== 200) {
        response.destroy()
        return fail(`answers ${statusCode}`)
      }
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        chunks.push(chunk)
        if (bytes <= limits.bytes) return
        response.destroy()
        fail(`is larger than ${limits.bytes} bytes`)
      })
      response.on('error', () => fail('broke off'))
      response.on('end', () => resolve({ text: Buffer.concat(chunks).toString('utf8') }))
    })
    request.on('error', (error: NodeJS.ErrnoException) => fail(whyOf(error)))
    request.end()
  })
}

function whyOf({ code, name }: NodeJS.ErrnoException): string {
  if (code === privateAddressCode) return 'leads to a private address'
  return name === 'AbortError' || name === 'TimeoutError' ? 'took too long' : `gives no answer (${code ?? name})`
}
