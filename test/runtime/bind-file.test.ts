import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readBindFile } from '../../src/runtime/bind-file.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'binds-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

async function read(name: string, text: string): Promise<Readonly<Record<string, string>>> {
  const directory = await folder()
  await writeFile(join(directory, name), text)
  return Object.fromEntries(await readBindFile(`file:///./${name}`, directory))
}

describe('A bind file', () => {
  test.each([
    ['.env', 'A=1\nB="two # 2"\nexport C=\'$x\' # note\n'],
    ['shop.env', 'A = 1\r\nB = "two # 2"\r\nC = $x\r\n'],
    ['.env.local', '\uFEFFA=1\n\n# comment\nB=`two # 2`\nC=$x'],
    ['keys.json', '{ "A": 1, "B": "two # 2", "C": "$x" }'],
    ['keys.yaml', 'A: 1\nB: "two # 2"\nC: $x\n'],
    ['keys.yml', 'base: &b { C: $x }\nA: 1\nB: "two # 2"\n<<: *b'],
    ['keys', 'A: 1\nB: "two # 2"\nC: $x\n'],
  ])('may be called %s', async (name, text) => {
    expect(await read(name, text)).toMatchObject({ A: '1', B: 'two # 2', C: '$x' })
  })

  test('is found by a URI that is absolute', async () => {
    const directory = await folder()
    await writeFile(join(directory, 'k.env'), 'A=1')
    expect(await readBindFile(pathToFileURL(join(directory, 'k.env')).href, '/nowhere')).toEqual(new Map([['A', '1']]))
  })

  test('gives every value as text, a number as it is written', async () => {
    const text = 'zeros: 0070\nlong: 12345678901234567890\nexact: 1.50\nyes: true\nlist: [1, a]\nmap: { a: 1 }\n'
    expect(await read('k.yml', text)).toEqual({
      zeros: '0070',
      long: '12345678901234567890',
      exact: '1.50',
      yes: 'true',
      list: '[1,"a"]',
      map: '{"a":1}',
    })
  })

  test('has no value where it holds nothing', async () => {
    expect(await read('k.yml', 'a:\nb: null\nc: ~\nd: ""\n')).toEqual({ d: '' })
    expect(await read('k.env', 'A=\nB=""\nC=x\n')).toEqual({ C: 'x' })
  })

  test('keeps whatever text a key holds', async () => {
    const directory = await folder()
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { maxKeys: 4 }), async (keys) => {
        await writeFile(join(directory, 'k.json'), JSON.stringify(keys))
        expect(Object.fromEntries(await readBindFile('file:///./k.json', directory))).toEqual({ ...keys })
      }),
      { numRuns: 20 },
    )
  })
})

describe('A bind file that can not be read', () => {
  test.each([
    ['k.yml', '- top-secret\n'],
    ['k.yml', 'a: top-secret: b\n'],
    ['k.json', '{"a": "top-secret"'],
    ['k.yml', 'top-secret'],
    ['k.yml', ''],
    ['k.yml', 'a: 1\na: top-secret\n'],
  ])('(%s: %j) is refused without a word of it', async (name, text) => {
    const refused = await read(name, text).catch((error: Error) => error)
    expect(refused).toMatchObject({ message: `the bind file file:///./${name} holds no map of keys` })
  })

  test.each(['vault://shop', 'env://X', './keys.yml', 'file://host/keys.yml', 'https://example.com/k'])(
    'is refused by its address (%s)',
    async (location) => {
      await expect(readBindFile(location, '/')).rejects.toThrow(`only, not from ${location}`)
    },
  )

  test('is refused when it is missing, a folder or a pipe', async () => {
    const directory = await folder()
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(directory, 'pipe')])
    for (const path of ['nowhere.yml', '.', 'pipe'])
      await expect(readBindFile(`file:///./${path}`, directory)).rejects.toThrow("can't be read")
  })
})
