/** The skill surface: the bytes of its five routes, what may leave a skill's folder, and the discovery index. */

import { createHash } from 'node:crypto'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { zipFiles } from '../../src/surfaces/skill-files.ts'
import { serveFile, writeCapability } from '../support/serve.ts'
import type { Ending } from '../support/upstream.ts'
import { capabilityOf, environment, thingTools } from './cases.ts'
import { exchange, type Reply, type Sent } from './exchange.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const skills = {
  type: 'skill',
  namespace: 'things-skill',
  address: '127.0.0.1',
  port: 9091,
  skills: {
    full: {
      // Written in another order than it is answered in.
      metadata: { version: '2', author: 'somebody' },
      'disable-model-invocation': true,
      'user-invocable': false,
      'allowed-tools': 'Read Bash',
      'argument-hint': '[id]',
      compatibility: 'Needs things.',
      license: 'MIT',
      description: 'Has everything.',
      location: 'file:///./skills/full',
      tools: {
        'read-thing': { description: 'Reads it.', from: { sourceNamespace: 'things-mcp', action: 'get-thing' } },
        'by-hand': { description: 'Tells how.', instruction: 'guides/by-hand.md' },
      },
    },
    single: { description: 'Is one file.', location: 'file:///./skills/single' },
    wordless: { description: 'Has no folder.' },
    lost: { description: 'Its folder is gone.', location: 'file:///./skills/lost' },
    unread: { description: 'Its SKILL.md is a link.', location: 'file:///./skills/unread' },
  },
}

const full = `---
name: full
description: Has everything.
license: MIT
compatibility: Needs things.
metadata: { author: somebody, version: "2" }
allowed-tools: Read Bash
---

# Full
`
/** The files of `full` that are served. */
const listed = ['SKILL.md', 'data/pixel.bin', 'data/table.csv', 'guides/by-hand.md'] as const
const textOf = (path: (typeof listed)[number]) => files[`skills/full/${path}`]

const single = '---\nname: single\ndescription: Is one file.\n---\n\n# Single\n'

const files = {
  'skills/full/SKILL.md': full,
  'skills/full/guides/by-hand.md': 'By hand.\n',
  'skills/full/data/table.csv': 'a,b\n',
  'skills/full/data/pixel.bin': '\0\x01',
  'skills/full/.env': 'SECRET=private\n',
  'skills/full/.git/config': 'private\n',
  'skills/full/node_modules/x/index.js': 'private\n',
  'skills/full/with blank.md': 'Nobody can ask for this.\n',
  'skills/full/größe.md': 'Nor for this.\n',
  'skills/single/SKILL.md': single,
  'skills/unread/notes.md': 'Notes.\n',
  'secret.txt': 'outside\n',
  'outside/inner.txt': 'outside\n',
}

/** Links out of a folder and within one, of files and of folders. */
const links = {
  'skills/full/link.txt': '../../secret.txt',
  'skills/full/linked': '../../outside',
  'skills/full/again.md': 'SKILL.md',
  'skills/full/data/guides': '../guides',
  'skills/unread/SKILL.md': '../single/SKILL.md',
}

/** The skills above; a function to ask with, and what was said at start. */
async function catalog(more: Ending & { readonly surface?: object } = {}) {
  const { surface = {}, ...ending } = more
  const file = await writeCapability(capabilityOf([thingTools(), { ...skills, ...surface }]), { files, ...ending })
  for (const [path, target] of Object.entries(links)) await symlink(target, join(dirname(file), path))
  await mkdir(join(dirname(file), 'skills/full/empty'))
  const { url, running } = await serveFile(file, { environment, ...ending })
  return {
    file,
    running,
    ask: (target: string, sent: Sent = {}) => exchange(url('skill'), target, sent),
  }
}

let ask: (target: string, sent?: Sent) => Promise<Reply>
let notices: readonly string[]
beforeAll(async () => {
  const served = await catalog({ atEnd: afterAll })
  ask = served.ask
  notices = served.running.notices
})

const tools = [
  {
    name: 'read-thing',
    description: 'Reads it.',
    type: 'derived',
    invocationRef: { targetNamespace: 'things-mcp', action: 'get-thing', mode: 'mcp' },
  },
  { name: 'by-hand', description: 'Tells how.', type: 'instruction', instruction: 'guides/by-hand.md' },
]

const json = 'application/json; charset=utf-8'

/** The archive of `full`, which is the same on every machine, in every process and in every time zone. */
const archiveDigest = '3eca84bd117f6df98853ad3f4c47bf5f8c17094aa7392dcd27b6ca8d6b1b2b4b'

/** What each address answers, to the byte: order of keys, nothing where the capability says nothing, no blanks. */
const golden: readonly (readonly [string, string, string])[] = [
  [
    '/skills',
    json,
    JSON.stringify({
      count: 5,
      skills: [
        { name: 'full', description: 'Has everything.', license: 'MIT', tools: ['read-thing', 'by-hand'] },
        { name: 'single', description: 'Is one file.', tools: [] },
        { name: 'wordless', description: 'Has no folder.', tools: [] },
        { name: 'lost', description: 'Its folder is gone.', tools: [] },
        { name: 'unread', description: 'Its SKILL.md is a link.', tools: [] },
      ],
    }),
  ],
  [
    '/skills/full',
    json,
    JSON.stringify({
      name: 'full',
      description: 'Has everything.',
      license: 'MIT',
      compatibility: 'Needs things.',
      'argument-hint': '[id]',
      'allowed-tools': 'Read Bash',
      'user-invocable': false,
      'disable-model-invocation': true,
      metadata: { version: '2', author: 'somebody' },
      tools,
    }),
  ],
  ['/skills/wordless', json, '{"name":"wordless","description":"Has no folder.","tools":[]}'],
  [
    '/skills/full/contents',
    json,
    JSON.stringify({
      name: 'full',
      files: [
        { path: 'SKILL.md', size: full.length, type: 'text/markdown; charset=utf-8' },
        { path: 'data/pixel.bin', size: 2, type: 'application/octet-stream' },
        { path: 'data/table.csv', size: 4, type: 'text/csv; charset=utf-8' },
        { path: 'guides/by-hand.md', size: 9, type: 'text/markdown; charset=utf-8' },
      ],
    }),
  ],
  ['/skills/full/contents/SKILL.md', 'text/markdown; charset=utf-8', full],
  ['/skills/full/contents/data/pixel.bin', 'application/octet-stream', '\0\x01'],
  ['/skills/full/contents/data/table.csv', 'text/csv; charset=utf-8', 'a,b\n'],
  ['/skills/full/contents/guides/by-hand.md', 'text/markdown; charset=utf-8', 'By hand.\n'],
  [
    '/skills/unread/contents',
    json,
    '{"name":"unread","files":[{"path":"notes.md","size":7,"type":"text/markdown; charset=utf-8"}]}',
  ],
  [
    '/.well-known/agent-skills/index.json',
    json,
    JSON.stringify({
      $schema: 'https://schemas.agentskills.io/discovery/0.2.0/schema.json',
      skills: [
        {
          name: 'full',
          type: 'archive',
          description: 'Has everything.',
          url: '/skills/full/download',
          digest: `sha256:${archiveDigest}`,
        },
        {
          name: 'single',
          type: 'skill-md',
          description: 'Is one file.',
          url: '/skills/single/contents/SKILL.md',
          digest: `sha256:${sha256(Buffer.from(single))}`,
        },
      ],
    }),
  ],
]

describe('an address of the catalog', () => {
  it.each(golden)(
    '%s answers what is written here, to the byte, and its head without the body',
    async (target, type, body) => {
      const [get, head] = [await ask(target), await ask(target, { method: 'HEAD' })]
      expect([get.status, get.headers['content-type'], get.text]).toEqual([200, type, body])
      const { date: _, ...headers } = get.headers
      expect(head).toMatchObject({
        status: 200,
        text: '',
        headers: { ...headers, 'content-length': String(get.bytes.length) },
      })
    },
  )

  it('/skills/{name}/download answers an archive of what is listed, the same one on every machine', async () => {
    const { status, headers, bytes } = await ask('/skills/full/download')
    expect([status, headers['content-type'], headers['content-disposition']]).toEqual([
      200,
      'application/zip',
      'attachment; filename="full.zip"',
    ])
    const entries = Object.entries(unzipSync(bytes)).map(([path, file]) => [path, Buffer.from(file).toString()])
    expect(entries).toEqual(listed.map((path) => [path, textOf(path)]))
    expect(sha256(bytes)).toBe(archiveDigest)
  })

  it('tells a caller who has it that it is still so', async () => {
    for (const target of [
      '/skills',
      '/skills/full/download',
      '/skills/full/contents/SKILL.md',
      '/.well-known/agent-skills/index.json',
    ]) {
      const { etag = '', ...headers } = (await ask(target)).headers
      expect(headers['cache-control']).toBe('no-cache')
      const again = await ask(target, { headers: { 'if-none-match': `"other", W/${etag}` } })
      expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag])
      expect((await ask(target, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    }
  })

  it('lets no file run as a page', async () => {
    for (const target of ['/skills/full/contents/SKILL.md', '/skills/full/download'])
      expect((await ask(target)).headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "sandbox; default-src 'none'",
      })
  })

  it('answers GET and HEAD and no other verb', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      for (const target of ['/skills', '/skills/full/download', '/.well-known/agent-skills/index.json']) {
        const refused = await ask(target, { method, body: {} })
        expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD'])
      }
  })
})

describe('what no skill has', () => {
  it.each([
    [
      'skills and sections',
      ['/skills/nobody', '/skills/__proto__', '/skills/', '/skills/full/else', '/skills/full/', '/'],
    ],
    ['files below the file', ['/skills/full/download/SKILL.md', '/skills/nobody/download']],
    [
      'folders',
      ['/skills/full/contents/guides', '/skills/full/contents/guides/none.md', '/skills/full/contents/empty'],
    ],
    [
      'a folder of its own',
      ['/skills/wordless/contents', '/skills/wordless/download', '/skills/wordless/contents/SKILL.md'],
    ],
    ['a folder any more', ['/skills/lost/contents', '/skills/lost/download', '/skills/lost/contents/SKILL.md']],
    ['links', Object.keys(links).map((path) => path.replace(/^skills\/(\w+)/, '/skills/$1/contents'))],
    ['files through links', ['/skills/full/contents/linked/inner.txt', '/skills/full/contents/data/guides/by-hand.md']],
    [
      'hidden files',
      [
        '/skills/full/contents/.env',
        '/skills/full/contents/.git/config',
        '/skills/full/contents/node_modules/x/index.js',
      ],
    ],
    ['another name', ['/skills/fu%6cl', '/.well-known/agent-skills/', '/.well-known/skills/index.json']],
  ])('answers 404 (%s)', async (_, targets) => {
    for (const target of targets) {
      const reply = await ask(target)
      expect([target, reply.status]).toEqual([target, 404])
      expect(reply.text).not.toMatch(/outside|private/)
    }
  })

  it.each([
    '/skills/full/contents/../../../secret.txt',
    '/skills/full/contents/guides/../SKILL.md',
    '/skills/full/contents/./SKILL.md',
    '/skills/full/contents/%2e%2e/%2e%2e/secret.txt',
    '/skills/full/contents/%252e%252e/secret.txt',
    '/skills/full/contents/guides%2Fby-hand.md',
    '/skills/full/contents/guides%252Fby-hand.md',
    '/skills/full/contents/with%20blank.md',
    '/skills/full/contents/gr%C3%B6%C3%9Fe.md',
    '/skills/full/contents//SKILL.md',
    '/skills/full/contents/SKILL.md/',
    '/skills/full/contents//etc/passwd',
    '/skills/full/contents/SKILL.md%00',
    '/skills/full/contents/SKILL.md%00.txt',
    '/skills/full/contents/..\\secret.txt',
    '/skills/full/contents/..%5csecret.txt',
    '/skills/full/contents/C:/secret.txt',
  ])('answers 400 at %s, which is no path it could have', async (target) => {
    const reply = await ask(target)
    expect([reply.status, reply.headers['content-type']]).toEqual([400, 'application/problem+json'])
    expect(reply.text).not.toContain('outside')
  })

  it('is told at start where its author may expect it', () => {
    expect(notices).toEqual([
      'the skill "full" is served without again.md, data/guides, größe.md, link.txt, linked, with blank.md: links are ' +
        'not followed, and a name may hold only letters, digits, dots, hyphens and underscores',
      'the skill "unread" is served without SKILL.md: links are not followed, and a name may hold only letters, digits, ' +
        'dots, hyphens and underscores',
    ])
  })
})

it('What is served is what was there at start, whatever becomes of the folder, until a reload', async () => {
  const { file, running, ask } = await catalog()
  const folder = join(dirname(file), 'skills/full')
  await writeFile(join(folder, 'guides/by-hand.md'), 'By another hand.\n')
  await writeFile(join(folder, 'new.md'), 'New.\n')
  expect((await ask('/skills/full/contents/guides/by-hand.md')).text).toBe('By hand.\n')
  expect((await ask('/skills/full/contents/new.md')).status).toBe(404)
  expect(sha256((await ask('/skills/full/download')).bytes)).toBe(archiveDigest)
  await running.reload()
  expect((await ask('/skills/full/contents/guides/by-hand.md')).text).toBe('By another hand.\n')
  const { json: index } = await ask('/.well-known/agent-skills/index.json')
  expect(index.skills[0].digest).toBe(`sha256:${sha256((await ask('/skills/full/download')).bytes)}`)
})

it('What somebody has to be let in for is kept by the caller alone', async () => {
  const authentication = { type: 'bearer', token: '{{INBOUND_SECRET}}' }
  const { ask } = await catalog({ surface: { authentication } })
  const headers = { authorization: `Bearer ${environment.INBOUND_SECRET}` }
  expect((await ask('/skills/full/download', { headers })).headers['cache-control']).toBe('private, no-cache')
  for (const target of ['/skills', '/skills/full/contents/SKILL.md', '/.well-known/agent-skills/index.json'])
    expect((await ask(target)).status).toBe(401)
})

it.each(['UTC', 'Asia/Kolkata', 'America/St_Johns'])(
  'An archive is the same to the byte in the time zone %s',
  async (zone) => {
    const { TZ } = process.env
    onTestFinished(() => {
      if (TZ === undefined) delete process.env.TZ
      else process.env.TZ = TZ
    })
    process.env.TZ = zone
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone.replace('Calcutta', 'Kolkata')).toBe(zone)
    const read = listed.map((path) => ({ path, bytes: Buffer.from(textOf(path)) }))
    expect(sha256(await zipFiles(read))).toBe(archiveDigest)
  },
)
