/** Which control surface is meant, when several could be. */

import { describe, expect, it } from 'vitest'
import { type TargetFlags, targetOf } from '../../src/cli/control/target.ts'
import { writeCapability } from '../support/serve.ts'
import { capabilityOf, thingRoutes } from '../surfaces/cases.ts'

const file = (control?: object) =>
  writeCapability(capabilityOf([thingRoutes(), ...(control === undefined ? [] : [{ type: 'control', ...control }])]))

async function url(flags: TargetFlags, environment: Readonly<Record<string, string>> = {}) {
  return (await targetOf(flags, environment)).url
}

describe('a control surface', () => {
  it('is that of the bundled capability unless something else is said', async () => {
    expect(await url({})).toBe('http://127.0.0.1:9092')
    expect(await url({}, { IKANOS_CONTROL_PORT: '', CAPABILITY_CONTROL_URL: '' })).toBe('http://127.0.0.1:9092')
  })

  it('is named by flags before the environment, and as a whole before its parts', async () => {
    const environment = { CAPABILITY_CONTROL_URL: 'https://a.example/x/', IKANOS_CONTROL_PORT: '7000' }
    expect(await url({}, environment)).toBe('https://a.example/x')
    expect(await url({ address: 'b.example' }, environment)).toBe('http://b.example:7000')
    expect(await url({ port: 8000 }, environment)).toBe('http://127.0.0.1:8000')
    expect(await url({ control: 'http://c.example' }, environment)).toBe('http://c.example')
    expect(await url({}, { IKANOS_CONTROL_ADDRESS: 'd.example' })).toBe('http://d.example:9092')
  })

  it('is where the capability file has it', async () => {
    const environment = { CAPABILITY_CONTROL_URL: 'https://a.example', IKANOS_CONTROL_PORT: '7000' }
    expect(await url({ file: await file({ port: 7123 }) }, environment)).toBe('http://127.0.0.1:7123')
    expect(await url({ file: await file({ port: 7123, address: '0.0.0.0' }) })).toBe('http://127.0.0.1:7123')
    expect(await url({ file: await file({ port: 7123, address: '::1' }) })).toBe('http://[::1]:7123')
    expect(await url({ file: await file({ port: 7123 }), port: 7124 })).toBe('http://127.0.0.1:7124')
  })

  it.each([
    [{ control: 'localhost:9092' }, {}, '--control is no http(s) address; write it as http://127.0.0.1:9092'],
    [{ control: 'http://me:secret@x' }, {}, '--control holds a credential; give it with --user'],
    [{ control: 'http://x?key=secret' }, {}, '--control ends with a query'],
    [{}, { CAPABILITY_CONTROL_URL: 'secret' }, 'CAPABILITY_CONTROL_URL is no http(s) address'],
    [{}, { IKANOS_CONTROL_PORT: 'secret' }, 'IKANOS_CONTROL_PORT is no port'],
    [{ address: 'a b' }, {}, '--address'],
    [{}, { CAPABILITY_CONTROL_USER: 'a:secret', CAPABILITY_CONTROL_TOKEN: 'secret' }, 'are both given'],
  ])('is not %j with %j', async (flags, environment, says) => {
    const refused = url(flags as TargetFlags, environment as Readonly<Record<string, string>>)
    await expect(refused).rejects.toThrow(says)
    await expect(refused).rejects.not.toThrow('secret')
  })

  it('is missed in a file that has none, or none with a port', async () => {
    await expect(url({ file: await file() })).rejects.toThrow('it needs { type: control, port: 9092 } under exposes')
    await expect(url({ file: await file({ port: 0 }) })).rejects.toThrow('say which one it got with --port <n>')
  })
})

describe('who asks', () => {
  const headers = async (flags: TargetFlags, environment = {}) => (await targetOf(flags, environment)).headers

  it('is told by one header, a flag before the environment', async () => {
    const environment = { CAPABILITY_CONTROL_TOKEN: 'from-outside' }
    expect(await headers({})).toEqual({})
    expect(await headers({}, environment)).toEqual({ authorization: 'Bearer from-outside' })
    expect(await headers({ user: 'añes:p:w' }, environment)).toEqual({
      authorization: `Basic ${Buffer.from('añes:p:w').toString('base64')}`,
    })
    expect(await headers({ apiKey: 'X-Key=a=b' })).toEqual({ 'X-Key': 'a=b' })
  })
})
