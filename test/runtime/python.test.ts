/**
 * Scripts in Python: what they leave, what stops them, and that nothing of this program or this machine is in reach; steps
 * in Python as callers see them. All in one file, so that one process loads Python, which takes seconds.
 */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Call, cancel, newCall } from '../../src/runtime/call.ts'
import { runScript } from '../../src/runtime/script.ts'
import { sampled } from '../support/sampled.ts'
import { writeCapability } from '../support/serve.ts'
import { type Surface, surfaces } from '../support/surfaces.ts'
import { type Exchange, startUpstream } from '../support/upstream.ts'

const limits = { timeoutMs: 10_000, turns: 10_000_000 }

function python(text: string, context: object = {}, changed: Partial<typeof limits> = {}, call?: Call) {
  const script = { language: 'python', sources: [{ name: 'main.py', text }] } as const
  return runScript(script, context, { ...limits, ...changed }, () => {}, call)
}

// The first one loads Python.
beforeAll(() => python(''), 60_000)

describe('A Python script', () => {
  test('has its context as a dict, and leaves values as JSON has them', async () => {
    const text = `
import datetime, math
result = [context['get-ship'], 2.0, 2.5, -0.0, True, None, (1, 2), {1: 'a', 'b': {2.0}}, datetime.date(2020, 1, 2), math.nan]`
    expect(await python(text, { 'get-ship': { name: 'ä€😀', crew: [1, null] } })).toEqual([
      { name: 'ä€😀', crew: [1, null] },
      ...[2, 2.5, 0, true, null, [1, 2], { 1: 'a', b: '{2.0}' }, '2020-01-02', null],
    ])
  })

  test('that assigns nothing leaves nothing, and None is null', async () => {
    expect(await python('x = 1')).toBeUndefined()
    expect(await python('result = None')).toBeNull()
  })

  test('has the modules of the language', async () => {
    const modules = 'base64, collections, csv, decimal, hashlib, itertools, random, re, statistics, urllib.parse, uuid'
    expect(await python(`import ${modules}\nresult = hashlib.sha256(b'').hexdigest()[:8]`)).toBe('e3b0c442')
  })

  test('finds nothing that a script before it has left or changed', async () => {
    await python(
      "import builtins, json, sys\nbuiltins.len = lambda x: 7\njson.mine = sys.mine = 1\nopen('/tmp/x', 'w')",
    )
    const text =
      "import json, os, sys\nresult = [len(''), hasattr(json, 'mine'), hasattr(sys, 'mine'), os.listdir('/tmp')]"
    expect(await python(text)).toEqual([0, false, false, []])
  })

  test('has random numbers of its own', async () => {
    const text = 'import random, secrets, uuid\nresult = [random.random(), secrets.token_hex(8), str(uuid.uuid4())]'
    const [one, other] = [(await python(text)) as unknown[], (await python(text)) as unknown[]]
    expect(one.filter((value) => other.includes(value))).toEqual([])
  })

  // Each takes an interpreter of its own, which takes a quarter of a second.
  const failures: readonly (readonly [string, string, RegExp])[] = [
    ['an error', 'def f():\n  raise ValueError("no " + "x" * 1000)\nf()', /^ValueError: no x+… \(main\.py:2\)$/],
    ['a syntax error', 'x = 1\ndef (', /^SyntaxError: .* \(main\.py:2\)$/],
    ['an error that can not be told', 'class E(Exception):\n  def __str__(self): 1/0\nraise E()', /^E \(main\.py:3\)$/],
    ['a recursion', 'def f(): f()\nf()', /^RecursionError: /],
    ['too much memory at once', "x = 'x' * 500_000_000", /^it took more memory than 128 MiB$/],
    ['too much memory in the end', 'x = [0]\nwhile True: x += x', /^it took more memory than 128 MiB$/],
    [
      'a result that is too long',
      "result = 'x' * 5_000_000",
      /^its result has 5000002 characters; the limit is 4194304$/,
    ],
    ['the end of the interpreter', 'import os\nos._exit(0)', /^the script broke its sandbox$/],
    [
      'an answer of its own',
      "import json\njson.dumps = lambda *a, **k: 'x'\nresult = 1",
      /^the script broke its sandbox$/,
    ],
  ]
  test.each(sampled(failures, 9))('fails alone by %s', async (_, text, message) => {
    await expect(python(text)).rejects.toMatchObject({ code: 'script-failed', message: expect.stringMatching(message) })
  })

  const endless: readonly (readonly [string, string])[] = [
    ['works', 'while True:\n  try:\n    while True: pass\n  except BaseException: pass'],
    ['waits', 'import time\ntime.sleep(100)'],
    ['computes in one go', 'x = 7 ** (10 ** 8)'],
  ]
  test.each(sampled(endless, 3))('that %s for too long is ended', async (_, text) => {
    await expect(python(text, {}, { timeoutMs: 300 })).rejects.toThrow('it took longer than 300 ms')
  })

  test('is ended when its caller goes, and others go on', async () => {
    const gone = newCall()
    const ending = python('while True: pass', {}, { timeoutMs: 60_000 }, gone)
    expect(await python('result = 7')).toBe(7)
    cancel(gone)
    await expect(ending).rejects.toMatchObject({ code: 'cancelled' })
    expect(await python('result = 8')).toBe(8)
  })

  test('is ended after so many loop turns and calls of its own, whatever its modules do', async () => {
    const many = 'def f(n): return n\nresult = sum([f(n) for n in range(2000)])'
    await expect(python(many, {}, { turns: 1000 })).rejects.toThrow('it took more than 1000 loop turns and calls')
    const few = 'import decimal, statistics\nresult = sum([n for n in range(400)])'
    expect(await python(few, {}, { turns: 1000 })).toBe(79800)
  })
})

/** Each attempt puts what it got into `got`; the script tells what it got or the name of the error. */
function attempts(cases: Readonly<Record<string, string>>, before = ''): Promise<unknown> {
  const text = `${before}
import json
result = {}
for name, text in json.loads(context['cases']).items():
    space = {**globals(), 'got': None}
    try:
        exec(text, space)
        result[name] = f"got {space['got']}"
    except BaseException as error:
        result[name] = type(error).__name__ + ': ' + str(error)[:120]
`
  return python(text, { cases: JSON.stringify(cases) })
}

describe('Out of Python', () => {
  test('no module leads to JavaScript', async () => {
    const doors = [
      'import js; got = js.process',
      'from js import fetch; got = fetch',
      'import pyodide_js; got = pyodide_js.FS',
      "from pyodide.code import run_js; got = run_js('process')",
      "from pyodide.ffi import to_js; got = to_js({}).constructor.constructor('return process')()",
      "from pyodide.http import pyfetch; got = pyfetch('http://127.0.0.1:1')",
      'import _pyodide_core; got = _pyodide_core',
      'import _pyodide.jsbind as b; got = b',
      'import micropip; got = micropip',
      "__import__('importlib').import_module('js'); got = 1",
    ]
    const told = await attempts(Object.fromEntries(doors.map((text) => [text, text])))
    expect(Object.values(told as object)).toEqual(doors.map(() => expect.stringMatching(/^ModuleNotFoundError: /)))
  })

  test('there are no files, no environment and no processes of this machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'secret-'))
    writeFileSync(join(folder, 'secret.txt'), 'secret')
    const told = await attempts({
      passwd: "got = open('/etc/passwd').read()",
      own: `got = open(${JSON.stringify(join(folder, 'secret.txt'))}).read()`,
      list: `import os; got = os.listdir(${JSON.stringify(folder)})`,
      link: `import os; os.symlink(${JSON.stringify(folder)}, '/tmp/link'); got = os.listdir('/tmp/link')`,
      dots: "got = open('../../../../../etc/passwd').read()",
      program: `import os; got = os.stat(${JSON.stringify(process.execPath)})`,
      processes: "import os; got = os.listdir('/proc/1')",
      subprocess: "import subprocess; got = subprocess.check_output(['id'])",
      popen: "import os; got = os.popen('id').read()",
      fork: 'import os; got = os.fork()',
      exec: "import os; got = os.execv('/bin/sh', ['sh'])",
      spawn: "import os; got = os.posix_spawn('/bin/sh', ['sh'], {})",
      thread: 'import threading; t = threading.Thread(target=print); t.start(); got = t',
      multiprocessing: 'import multiprocessing as m; p = m.Process(target=print); p.start(); got = p',
      library:
        "import _imp, importlib.machinery as m; got = _imp.create_dynamic(m.ModuleSpec('x', None, origin='/x.so'))",
    })
    expect(Object.entries(told as object).filter(([, text]) => text.startsWith('got'))).toEqual([])
    const rest = (await attempts({
      system: "import os; got = os.system('id')",
      environ: 'import os; got = sorted(os.environ)',
      name: 'import os; got = os.uname().nodename',
      root: "import os; got = sorted(os.listdir('/'))",
    })) as Record<string, string>
    expect(rest.system).toBe('got -1')
    expect(rest.environ).not.toMatch(/NODE|npm|VITEST|SHELL/)
    expect(rest.name).not.toContain(hostname())
    expect(rest.root).toBe("got ['dev', 'home', 'lib', 'proc', 'tmp']")
  })

  test('no connection is made', async () => {
    let connections = 0
    const server = createServer(() => {
      connections += 1
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const told = await attempts({
      socket: `import socket; s = socket.socket(); s.connect(('127.0.0.1', ${port})); got = s.send(b'x')`,
      create: `import socket; got = socket.create_connection(('127.0.0.1', ${port}), 1)`,
      datagram: `import socket; s = socket.socket(type=socket.SOCK_DGRAM); got = s.sendto(b'x', ('127.0.0.1', ${port}))`,
      listen: "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); got = s",
      urllib: `import urllib.request; got = urllib.request.urlopen('http://127.0.0.1:${port}/').read()`,
      http: `import http.client; c = http.client.HTTPConnection('127.0.0.1', ${port}); c.request('GET', '/'); got = c`,
      asyncio: `import asyncio; got = asyncio.run(asyncio.open_connection('127.0.0.1', ${port}))`,
    })
    expect(Object.entries(told as object).filter(([, text]) => text.startsWith('got'))).toEqual([])
    expect(connections).toBe(0)
  })
})

/** Gets objects of JavaScript by a way that no finder of modules guards, for what follows. */
const beneath = `
import importlib.machinery, importlib.util
core = importlib.util.module_from_spec(importlib.machinery.BuiltinImporter.find_spec('_pyodide_core'))
array = core.to_js([1])
Array = array.constructor
Function = Array.constructor
Object = Function.prototype.__proto__.constructor
def caught(f):
    try:
        f()
    except BaseException as error:
        return error
def root(value):
    """The end of its chain of prototypes, which tells the world that it is of."""
    at = value
    for _ in range(9):
        above = Object.getPrototypeOf(at)
        if above is None or 'Null' in str(type(above)):
            return at
        at = above
def strange(value):
    return root(value) != Object.prototype
`

describe('Beneath Python, where objects of JavaScript are in reach after all,', () => {
  test('no text becomes code', async () => {
    const told = await attempts(
      {
        Function: "got = Function('return process')()",
        new: "got = Function.new('return this')()",
        this: "got = array.constructor.constructor('return globalThis.process')()",
        proxy: "got = core.create_proxy(print).toString.constructor('return process')()",
        bound: "got = Array.bind(None).constructor('return process')()",
        error: "got = caught(lambda: Array.new(-1)).constructor.constructor('return process')()",
        refusal: "got = caught(lambda: Function('1')).constructor.constructor('return process')()",
      },
      beneath,
    )
    expect(Object.values(told as object)).toEqual(
      Object.keys(told as object).map(() => expect.stringContaining('Code generation from strings disallowed')),
    )
  })

  test.each(sampled(['emscripten_run_script', 'emscripten_run_script_int'], 2))(
    'no C function runs code: %s',
    async (name) => {
      const text = `import ctypes\nresult = ctypes.CDLL(None).${name}(b'globalThis.mine = 1')`
      await expect(python(text)).rejects.toThrow('the script broke its sandbox')
    },
  )

  test('no object of the world around is found, not even by the stack', async () => {
    const text = `${beneath}
strangers, frames = [], []
for error in (caught(lambda: Function('1')), caught(lambda: Array.new(-1)), caught(lambda: Object.defineProperty(1))):
    if strange(error): strangers.append(str(error))
Error = Object.getPrototypeOf(caught(lambda: Function('1')).constructor)
Error.stackTraceLimit = 1000
def prepare(error, sites):
    for value in (error, sites, sites[0]):
        if strange(value): strangers.append('of the stack')
    for site in sites:
        frames.append(str(site.getFileName()))
        for value in (site.getFunction(), site.getThis()):
            if hasattr(value, 'js_id') and strange(value): strangers.append(str(site.getFileName()))
        if 'pyodide' not in frames[-1] and 'wasm' not in frames[-1]:
            for value in (site.getFunction(), site.getThis()):
                if value is not None: strangers.append(str(value))
    return ''
Error.prepareStackTrace = core.create_proxy(prepare)
caught(lambda: Function('1')).stack
result = {'strangers': strangers, 'frames': len(frames) > 10}`
    expect(await python(text)).toEqual({ strangers: [], frames: true })
  })
})

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

describe.each(sampled(['REST', 'MCP 2026-07-28', 'call'], 2))('Steps in Python over %s', (over) => {
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
