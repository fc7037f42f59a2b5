/** Publishing into a folder again: what changed is written, what is gone is removed, what is somebody else's stays. */

import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isInside, sha256 } from '../src/artifacts/publish/digests.ts'
import { load } from '../src/index.ts'
import { updateFolder, writeFolder } from '../src/publish/update.ts'
import { publish } from '../src/publish.ts'
import { writeCapability } from './support/serve.ts'
import { ships, shipsFacts } from './support/ships.ts'

const more = 'changelog: [{ date: "2026-11-24", version: 0.1.0, changes: [It is there.] }]'

async function edition(facts: string) {
  const file = await writeCapability(ships, { files: { 'case.publish.yml': facts } })
  return (await publish(await load(file))).files
}

async function folder(): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'published-')))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

/** A folder with what a first publish wrote. */
async function publishedOnce() {
  const out = await folder()
  const files = await edition(shipsFacts(more))
  await updateFolder(files, out)
  return { out, files }
}

async function put(out: string, path: string, text: string) {
  await mkdir(dirname(join(out, path)), { recursive: true })
  await writeFile(join(out, path), text)
}

/** Every file below a folder. */
async function listed(out: string): Promise<readonly string[]> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true })
  const paths = entries.flatMap((one) => (one.isDirectory() ? [] : [join(one.parentPath, one.name)]))
  return paths.map((path) => path.slice(out.length + 1).replaceAll('\\', '/')).sort()
}

const changelog = 'changelog/ships-changelog.yml'

describe('A folder that is published again', () => {
  test('is not touched when nothing changed', async () => {
    const { out, files } = await publishedOnce()
    expect(await listed(out)).toEqual(files.map(({ path }) => path).sort())
    expect(await updateFolder(files, out)).toEqual({ written: [], overwritten: [], removed: [], kept: [] })
  })

  test('loses what is published no more, with the folder that held it, and nothing else', async () => {
    const { out } = await publishedOnce()
    await put(out, 'capabilities/ours.yaml', 'by a person')
    const fewer = await edition(shipsFacts())
    const updated = await updateFolder(fewer, out)
    expect(updated.removed).toEqual([changelog])
    expect([...updated.written].sort()).toEqual(['README.md', 'apis.yml', 'provenance.json'])
    expect(await listed(out)).toEqual([...fewer.map(({ path }) => path), 'capabilities/ours.yaml'].sort())
    expect(await readdir(out)).not.toContain('changelog')
  })

  test('keeps a file that a person changed when it is published no more', async () => {
    const { out } = await publishedOnce()
    await put(out, changelog, 'by a person')
    for (const force of [false, true]) {
      const { removed, kept } = await updateFolder(await edition(shipsFacts(more)), out, { force: true })
      expect([removed, kept]).toEqual([[], []])
      await put(out, changelog, 'by a person')
      const updated = await updateFolder(await edition(shipsFacts()), out, { force })
      expect(updated).toMatchObject({ removed: [], kept: [changelog] })
      expect(await readFile(join(out, changelog), 'utf8')).toBe('by a person')
    }
  })

  test('is refused whole when a person changed what would be written, and written over when told so', async () => {
    const { out } = await publishedOnce()
    await put(out, 'README.md', 'by a person')
    const before = await readFile(join(out, 'apis.yml'), 'utf8')
    const fewer = await edition(shipsFacts())
    await expect(updateFolder(fewer, out)).rejects.toThrow(/README\.md\): keep them elsewhere, .*--force/)
    expect(await readFile(join(out, 'apis.yml'), 'utf8')).toBe(before)
    expect(await listed(out)).toContain(changelog)
    expect(await updateFolder(fewer, out, { force: true })).toMatchObject({ overwritten: ['README.md'] })
    expect(await readFile(join(out, 'README.md'), 'utf8')).toMatch(/^# Ships\n/)
  })

  test('is refused when a person added what this publish would be the first to write', async () => {
    const out = await folder()
    await updateFolder(await edition(shipsFacts()), out)
    await put(out, changelog, 'by a person')
    await expect(updateFolder(await edition(shipsFacts(more)), out)).rejects.toThrow(changelog)
    expect(await readFile(join(out, changelog), 'utf8')).toBe('by a person')
  })

  test('takes what a person brought up to the same text for its own', async () => {
    const { out, files } = await publishedOnce()
    await put(out, 'README.md', 'by a person')
    await put(out, 'README.md', files.find(({ path }) => path === 'README.md')?.text ?? '')
    expect(await updateFolder(files, out)).toMatchObject({ written: [], overwritten: [] })
  })

  test('goes on where an earlier publish was cut off: its list is the last that it writes', async () => {
    const { out } = await publishedOnce()
    const fewer = await edition(shipsFacts())
    expect(fewer.at(-1)?.path).toBe('provenance.json')
    await rm(join(out, changelog))
    await writeFolder(fewer.slice(0, 4), out)
    expect(await updateFolder(fewer, out)).toMatchObject({ overwritten: [], removed: [], kept: [] })
    expect(await updateFolder(fewer, out)).toMatchObject({ written: [] })
  })

  test('gets back what a person took away', async () => {
    const { out, files } = await publishedOnce()
    await rm(join(out, 'llms'), { recursive: true })
    expect(await updateFolder(files, out)).toMatchObject({ written: ['llms/llms.txt'], overwritten: [] })
  })
})

describe('A folder of somebody else', () => {
  test('is refused, and written beside when told so', async () => {
    const out = await folder()
    for (const name of ['a', 'b', 'c', 'd', 'README.md']) await put(out, name, 'by a person')
    const files = await edition(shipsFacts())
    await expect(updateFolder(files, out)).rejects.toThrow('no publish wrote (README.md, a, b and 2 more)')
    expect(await listed(out)).toHaveLength(5)
    expect(await updateFolder(files, out, { force: true })).toMatchObject({ overwritten: ['README.md'], removed: [] })
    expect(await readFile(join(out, 'a'), 'utf8')).toBe('by a person')
  })

  test('is one too when it has a provenance.json of another make, or one whose paths lead out of it', async () => {
    const outside = join(await folder(), 'kept')
    await writeFile(outside, 'kept')
    const lists = [
      'no JSON',
      '[]',
      JSON.stringify({ files: [] }),
      JSON.stringify({
        writtenBy: 'capability publish',
        files: [{ path: `../${outside.split(/[\\/]/).slice(-2).join('/')}`, sha256: sha256('kept') }],
      }),
    ]
    for (const list of lists) {
      const out = await folder()
      await put(out, 'provenance.json', list)
      const files = await edition(shipsFacts())
      await expect(updateFolder(files, out)).rejects.toThrow('no publish wrote (provenance.json)')
      const updated = await updateFolder(files, out, { force: true })
      expect(updated).toMatchObject({ overwritten: ['provenance.json'], removed: [], kept: [] })
    }
    expect(await readFile(outside, 'utf8')).toBe('kept')
  })

  test('is none when it is a work tree of a repository elsewhere', async () => {
    const out = await folder()
    await put(out, '.git', 'gitdir: ../repository/worktrees/out\n')
    const files = await edition(shipsFacts())
    for (const force of [false, true]) await updateFolder(files, out, { force })
    expect(await readFile(join(out, '.git'), 'utf8')).toBe('gitdir: ../repository/worktrees/out\n')
  })

  test('is none when it is a fresh clone: what Git keeps stays as it is', async () => {
    const out = await folder()
    await put(out, '.git/HEAD', 'ref: refs/heads/main\n')
    await put(out, '.gitignore', 'tmp\n')
    const files = await edition(shipsFacts())
    expect((await updateFolder(files, out)).written).toHaveLength(files.length)
    expect(await updateFolder(files, out)).toMatchObject({ written: [], removed: [], kept: [] })
    expect(await readFile(join(out, '.git/HEAD'), 'utf8')).toBe('ref: refs/heads/main\n')
    expect(await readdir(join(out, '.git'))).toEqual(['HEAD'])
  })
})

describe('What is in the way', () => {
  test('of the folder is a file', async () => {
    const out = join(await folder(), 'file')
    await writeFile(out, 'kept')
    for (const force of [false, true])
      await expect(updateFolder(await edition(shipsFacts()), out, { force })).rejects.toThrow(/file is a file: name/)
    expect(await readFile(out, 'utf8')).toBe('kept')
  })

  test('of the folder is a file above it, or a link that leads nowhere', async () => {
    const above = await folder()
    await writeFile(join(above, 'file'), 'kept')
    await symlink(join(above, 'nowhere/at/all'), join(above, 'link'))
    const files = await edition(shipsFacts())
    for (const name of ['file/out', 'link'])
      await expect(updateFolder(files, join(above, name))).rejects.toThrow(/can't be made \((ENOTDIR|EEXIST|ENOENT)\)/)
    expect(await listed(above)).toEqual(['file', 'link'])
  })

  test('of a file is a link out of the folder: it is neither written nor removed through', async () => {
    const outside = await folder()
    for (const link of ['llms', 'README.md']) {
      const { out, files } = await publishedOnce()
      await rm(join(out, link), { recursive: true })
      await symlink(join(outside, link), join(out, link))
      if (link === 'llms') await put(outside, 'llms/llms.txt', 'kept')
      for (const force of [false, true])
        await expect(updateFolder(files, out, { force })).rejects.toThrow(`in the way (${link}): move it`)
    }
    expect(await listed(outside)).toEqual(['llms/llms.txt'])
    expect(await readFile(join(outside, 'llms/llms.txt'), 'utf8')).toBe('kept')
  })

  test('of what is published no more is a link too, and it is kept with what it leads to', async () => {
    const [outside, { out, files }] = [await folder(), await publishedOnce()]
    await put(outside, 'ships-changelog.yml', files.find(({ path }) => path === changelog)?.text ?? '')
    await rm(join(out, 'changelog'), { recursive: true })
    await symlink(outside, join(out, 'changelog'))
    expect(await updateFolder(await edition(shipsFacts()), out)).toMatchObject({ removed: [], kept: [changelog] })
    expect(await listed(outside)).toEqual(['ships-changelog.yml'])
  })

  test('of a file is a folder, and of a folder a file', async () => {
    const { out, files } = await publishedOnce()
    await rm(join(out, 'README.md'))
    await mkdir(join(out, 'README.md'))
    await rm(join(out, 'llms'), { recursive: true })
    await writeFile(join(out, 'llms'), 'kept')
    await expect(updateFolder(files, out, { force: true })).rejects.toThrow('in the way (README.md, llms): move it')
  })

  test('is not the link by which the folder itself is named', async () => {
    const { out, files } = await publishedOnce()
    const link = join(await folder(), 'link')
    await symlink(out, link)
    expect(await updateFolder(files, link)).toMatchObject({ written: [] })
  })
})

test.each(['', '/a', 'a//b', '../a', 'a/../b', 'a/.', 'a\\b', 'c:/a', '.git/config', 'a/.GIT/x', 'a\n', 'a. ', 'a/b.'])(
  'The path %j is none of a folder',
  (path) => expect(isInside(path)).toBe(false),
)

test.each(['a', '.gitignore', 'a/b.c', 'skills/größe/SKILL.md', '_index.yml'])(
  'The path %j is one of a folder',
  (path) => expect(isInside(path)).toBe(true),
)
