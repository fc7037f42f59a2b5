/** The skill surface: the catalog's five routes, what may leave a skill's folder, and the discovery index. */

import { createHash } from 'node:crypto'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bundledCapability } from '../../src/package.ts'
import { serveFile, writeCapability } from '../support/serve.ts'
import { capabilityOf, environment, serveFlagship, thingTools } from './cases.ts'
import { exchange, type Sent } from './exchange.ts'

const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const markdown = (name: string) => `---\nname: ${name}\ndescription: Shows how.\n---\n\n# ${name}\n`

const skills = {
  type: 'skill',
  namespace: 'things-skill',
  address: '127.0.0.1',
  port: 9091,
  skills: {
    full: {
      description: 'Has everything.',
      license: 'MIT',
      compatibility: 'Needs things.',
      'argument-hint': '[id]',
      'allowed-tools': 'Read Bash',
      'user-invocable': false,
      'disable-model-invocation': true,
      metadata: { author: 'somebody' },
      location: 'file:///./skills/full',
      tools: {
        'read-thing': { description: 'Reads it.', from: { sourceNamespace: 'things-mcp', action: 'get-thing' } },
        'by-hand': { description: 'Tells how.', instruction: 'guides/by-hand.md' },
      },
    },
    single: { description: 'Is one file.', location: 'file:///./skills/single' },
    wordless: { description: 'Has no folder.' },
    lost: { description: 'Its folder is gone.', location: 'file:///./skills/lost' },
  },
}

const files = {
  'skills/full/SKILL.md': markdown('full'),
  'skills/full/guides/by-hand.md': 'By hand.\n',
  'skills/full/.settings': 'dotted\n',
  'skills/full/data/table.csv': 'a,b\n',
  'skills/full/with blank.md': 'Nobody can ask for this.\n',
  'skills/full/.git/config': 'private\n',
  'skills/single/SKILL.md': markdown('single'),
  'secret.txt': 'outside\n',
}

/** The skills above, with links out of their folder; one function to ask with. */
async function catalog() {
  const file = await writeCapability(capabilityOf([thingTools(), skills]), { files })
  const full = join(dirname(file), 'skills/full')
  await symlink('../../secret.txt', join(full, 'link.txt'))
  await mkdir(join(dirname(file), 'outside'))
  await writeFile(join(dirname(file), 'outside/inner.txt'), 'outside\n')
  await symlink('../../outside', join(full, 'linked'))
  const { url } = await serveFile(file, { environment })
  return (target: string, sent: Sent = {}) => exchange(url('skill'), target, sent)
}

describe('the catalog', () => {
  it('lists the skills in their order, with the names of their tools', async () => {
    const ask = await catalog()
    expect((await ask('/skills')).json).toEqual({
      count: 4,
      skills: [
        { name: 'full', description: 'Has everything.', license: 'MIT', tools: ['read-thing', 'by-hand'] },
        { name: 'single', description: 'Is one file.', tools: [] },
        { name: 'wordless', description: 'Has no folder.', tools: [] },
        { name: 'lost', description: 'Its folder is gone.', tools: [] },
      ],
    })
  })

  it('tells of one skill what the capability says, and nothing where it says nothing', async () => {
    const ask = await catalog()
    expect((await ask('/skills/full')).json).toEqual({
      name: 'full',
      description: 'Has everything.',
      license: 'MIT',
      compatibility: 'Needs things.',
      'argument-hint': '[id]',
      'allowed-tools': 'Read Bash',
      'user-invocable': false,
      'disable-model-invocation': true,
      metadata: { author: 'somebody' },
      tools: [
        {
          name: 'read-thing',
          description: 'Reads it.',
          type: 'derived',
          invocationRef: { targetNamespace: 'things-mcp', action: 'get-thing', mode: 'mcp' },
        },
        { name: 'by-hand', description: 'Tells how.', type: 'instruction', instruction: 'guides/by-hand.md' },
      ],
    })
    expect((await ask('/skills/wordless')).json).toEqual({
      name: 'wordless',
      description: 'Has no folder.',
      tools: [],
    })
  })

  it('lists the files of a skill, sorted, with size and type', async () => {
    const ask = await catalog()
    expect((await ask('/skills/full/contents')).json).toEqual({
      name: 'full',
      files: [
        { path: '.settings', size: 7, type: 'application/octet-stream' },
        { path: 'SKILL.md', size: markdown('full').length, type: 'text/markdown; charset=utf-8' },
        { path: 'data/table.csv', size: 4, type: 'text/csv; charset=utf-8' },
        { path: 'guides/by-hand.md', size: 9, type: 'text/markdown; charset=utf-8' },
      ],
    })
  })

  it('serves every file it lists, and nothing else in its archive', async () => {
    const ask = await catalog()
    const listed = (await ask('/skills/full/contents')).json.files as { path: string; type: string }[]
    const archive = await ask('/skills/full/download')
    expect(archive.headers['content-type']).toBe('application/zip')
    expect(archive.headers['content-disposition']).toBe('attachment; filename="full.zip"')
    const entries = unzipSync(archive.bytes)
    expect(Object.keys(entries)).toEqual(listed.map(({ path }) => path))
    for (const { path, type } of listed) {
      const reply = await ask(`/skills/full/contents/${path}`)
      expect(reply.headers['content-type']).toBe(type)
      expect(reply.text).toBe(files[`skills/full/${path}` as keyof typeof files])
      expect(Buffer.from(entries[path] ?? []).toString()).toBe(reply.text)
    }
  })

  it.each([
    '/skills/nobody',
    '/skills/__proto__',
    '/skills/nobody/download',
    '/skills/wordless/contents',
    '/skills/wordless/download',
    '/skills/lost/contents',
    '/skills/lost/download',
    '/skills/lost/contents/SKILL.md',
    '/skills/full/contents/guides',
    '/skills/full/contents/guides/none.md',
    '/skills/full/contents/link.txt',
    '/skills/full/contents/linked/inner.txt',
    '/skills/full/contents/.git/config',
    '/skills/full/download/SKILL.md',
    '/skills/full/else',
    '/',
  ])('answers 404 at %s', async (target) => {
    const reply = await (await catalog())(target)
    expect(reply.status).toBe(404)
    expect(reply.text).not.toMatch(/outside|private/)
  })

  it.each([
    '/skills/full/contents/../../../secret.txt',
    '/skills/full/contents/guides/../SKILL.md',
    '/skills/full/contents/./SKILL.md',
    '/skills/full/contents/%2e%2e/%2e%2e/secret.txt',
    '/skills/full/contents/guides%2Fby-hand.md',
    '/skills/full/contents/with%20blank.md',
    '/skills/full/contents//SKILL.md',
    '/skills/full/contents/SKILL.md%00',
    '/skills/full/contents/..\\secret.txt',
  ])('answers 400 at %s, which is no path it could have', async (target) => {
    const reply = await (await catalog())(target)
    expect(reply.status).toBe(400)
    expect(reply.text).not.toContain('outside')
  })

  it('answers GET and HEAD and no other verb', async () => {
    const ask = await catalog()
    for (const target of ['/skills', '/skills/full/download', '/.well-known/agent-skills/index.json']) {
      const refused = await ask(target, { method: 'POST', body: {} })
      expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD'])
      const [head, get] = [await ask(target, { method: 'HEAD' }), await ask(target)]
      expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', String(get.bytes.length)])
    }
  })
})

describe('the discovery index', () => {
  it('gives each skill that has a SKILL.md an address and the digest of what is there', async () => {
    const ask = await catalog()
    const { json } = await ask('/.well-known/agent-skills/index.json')
    expect(json.$schema).toBe('https://schemas.agentskills.io/discovery/0.2.0/schema.json')
    expect(json.skills).toMatchObject([
      { name: 'full', type: 'archive', description: 'Has everything.', url: '/skills/full/download' },
      { name: 'single', type: 'skill-md', description: 'Is one file.', url: '/skills/single/contents/SKILL.md' },
    ])
    for (const { url, digest } of json.skills) expect(sha256((await ask(url)).bytes)).toBe(digest)
  })
})

describe('the archive of the flagship’s skill', () => {
  const download = async () => {
    const { url } = await serveFlagship()
    return (await exchange(url('skill'), '/skills/nanonets-correct-and-approve/download')).bytes
  }

  it('holds the files of its folder', async () => {
    const entries = unzipSync(await download())
    for (const [path, bytes] of Object.entries(entries)) {
      const file = join(dirname(bundledCapability()), '../skills/nanonets-correct-and-approve', path)
      expect(Buffer.from(bytes).equals(await readFile(file)), path).toBe(true)
    }
    expect(Object.keys(entries)).toContain('SKILL.md')
  })

  it('is the same to the byte at every start', async () => {
    expect(sha256(await download())).toBe(sha256(await download()))
  })

  it.each(['UTC', 'Asia/Kolkata', 'America/St_Johns'])('is the same to the byte in the time zone %s', async (zone) => {
    const here = await download()
    const { TZ } = process.env
    onTestFinished(() => {
      if (TZ === undefined) delete process.env.TZ
      else process.env.TZ = TZ
    })
    process.env.TZ = zone
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone.replace('Calcutta', 'Kolkata')).toBe(zone)
    expect(sha256(await download())).toBe(sha256(here))
  })
})
