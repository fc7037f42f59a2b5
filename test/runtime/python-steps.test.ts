/** Steps in Python as callers see them. One after the other: each takes an interpreter of its own. */

import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { runScript } from '../../src/runtime/script.ts'
import { writeCapability } from '../support/serve.ts'
import { type Surface, surfaces } from '../support/surfaces.ts'
import { type Exchange, startUpstream } from '../support/upstream.ts'

const files = {
  'scripts/ship.py': `ship = context['get-ship']
result = {'name': shout(ship['name']), 'half': ship['tons'] / 2, 'third': ship['tons'] / 3, 'none': None}`,
  'scripts/lib/words.py': `import string
def shout(text):
    return ''.join(letter.upper() for letter in text) + '!'`,
  'scripts/after.js': "result = { third: context.third, own: context.own + ' ' + context.ship.name.length }",
  'scripts/fails.py': `def inner(text):
    raise ValueError('not a date: ' + text + ' by ' + context['token'])

inner(context['date'])`,
}

const flows = {
  ship: {
    description: 'A ship, told loudly.',
    steps: {
      'get-ship': { type: 'call', call: 'yard.get-ship' },
      ship: { type: 'script', file: 'ship.py', dependencies: ['lib/words.py'] },
      after: {
        type: 'script',
        language: 'js',
        location: 'file:///./scripts',
        file: 'after.js',
        with: { own: '{{ship.half}} of {{ship.name}}', third: '$.ship.third' },
      },
    },
    mappings: ['ship.name', 'ship.half', 'ship.none', 'after.third', 'after.own'].map((path) => ({
      target: path.split('.')[1],
      value: `$.${path}`,
    })),
  },
  fails: {
    description: 'Fails before it writes.',
    inputParameters: { date: { type: 'string' } },
    steps: {
      dates: { type: 'script', file: 'fails.py', with: { token: '{{TOKEN}}' } },
      never: { type: 'call', call: 'yard.add-ship' },
    },
    mappings: [{ target: 'value', value: '$.dates' }],
  },
}

function capability(baseUri: string) {
  const operations = { 'get-ship': { method: 'GET' }, 'add-ship': { method: 'POST' } }
  const scripting = { defaultLanguage: 'python', defaultLocation: 'file:///./scripts', timeout: 10_000 }
  const route = (name: string) => ({ path: `/${name}`, operations: { [name]: { method: 'GET', ref: `yard.${name}` } } })
  return {
    ikanos: '1.0.0-beta5',
    binds: [{ namespace: 'env', keys: { TOKEN: 'TOKEN' } }],
    capability: {
      consumes: [{ type: 'http', namespace: 'yard', baseUri, resources: { ships: { path: '/ships', operations } } }],
      aggregates: [{ namespace: 'yard', flows }],
      exposes: [
        { type: 'control', port: 0, management: { scripting } },
        { type: 'rest', namespace: 'rest', port: 0, resources: { ship: route('ship'), fails: route('fails') } },
        { type: 'mcp', namespace: 'mcp', port: 0, tools: { ship: { ref: 'yard.ship' }, fails: { ref: 'yard.fails' } } },
      ],
    },
  }
}

async function called(over: string, operation: string, input: object, exchanges: readonly Exchange[]) {
  const upstream = await startUpstream(exchanges)
  const file = await writeCapability(capability(upstream.url), { files })
  const options = { atEnd: onTestFinished, environment: { TOKEN: 's3cr3t-t0ken' } }
  const answer = await (surfaces[over] as Surface)({ file, operation, input: { ...input }, options })
  return { answer, requests: upstream.requests.length }
}

const get: Exchange = {
  request: { method: 'GET', path: '/ships' },
  response: { json: { name: 'Beagle', tons: 242 } },
}

const nothing = { language: 'python', sources: [] } as const
// The first one loads Python.
beforeAll(() => runScript(nothing, {}, { timeoutMs: 10_000, turns: 10_000_000 }, () => {}), 60_000)

describe.each(['REST', 'MCP 2026-07-28', 'call'])('Steps in Python over %s', (over) => {
  test('leave values for templates, paths, mappings and scripts in another language', async () => {
    const { answer } = await called(over, 'ship', {}, [get])
    const value = { name: 'BEAGLE!', half: 121, none: null, third: 242 / 3, own: '121 of BEAGLE! 7' }
    expect(answer).toMatchObject({ type: 'value', value })
  })

  test('tell what they raise with its place and without a secret, and nothing is called after it', async () => {
    const { answer, requests } = await called(over, 'fails', { date: 'never' }, [])
    expect(answer).toMatchObject({ type: 'fault', title: 'A script failed', retryable: false })
    const text = answer.type === 'fault' ? answer.text.replaceAll('\\"', '"') : ''
    expect(text).toMatch(/step "dates": ValueError: not a date: never by \S+ \(fails\.py:2\)/)
    expect(text).not.toMatch(/s3cr3t-t0ken|Traceback/)
    expect(requests).toBe(0)
  })
})
