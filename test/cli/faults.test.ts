/** `--faults` on the command line. */

import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { say } from '../support/say.ts'

const interrupted = () => Promise.resolve()

describe('--faults', () => {
  it.each([
    [['sandbox', '--faults', 'rset'], 'column 1: there is no fault "rset"; did you mean "reset"?'],
    [['serve', '--sandbox', '--faults', 'hang on'], 'column 6: write it as on <operation>'],
    [['mcp', '--sandbox', '--faults', '5%'], 'column 1: a fault is missing'],
    [['call', 'list-files', '--faults', 'hang'], 'faults happen in the sandbox only; add --sandbox'],
    [['sandbox', '--faults', '@no-such-file'], 'There is no file "no-such-file" to read.'],
  ])('is refused in %j', async (words, says) => {
    const { code, stderr } = await say(words)
    expect(stderr).toContain(says)
    expect(code).toBe(2)
  })

  it('makes a call fail, and tells how to have the same again', async () => {
    const words = ['call', 'list-files', 'model_id=any', '--sandbox', '--faults', '429 retry-after=7', '--json']
    const { code, stdout, stderr } = await say(words)
    expect(JSON.parse(stdout)).toMatchObject({ error: { upstream: { status: 429 } } })
    expect(stderr).toMatch(/^Faults: --faults '429 retry-after=7, seed=\d+'$/m)
    expect(code).toBe(1)
  })

  it('comes from a file too, and is told where something is served', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'faults-')), 'faults.txt')
    await writeFile(file, '# a bad day\n5% 503\nhang on delete\nseed=7\n')
    const told = "Faults: --faults '5% 503, hang on delete, seed=7'"
    expect((await say(['sandbox', '--faults', `@${file}`], { interrupted })).stdout).toContain(told)
    const ports = ['files-rest', 'files-mcp', 'files-skill', 'control'].flatMap((name) => ['--port', `${name}=0`])
    const served = await say(['serve', '--sandbox', '--faults', `@${file}`, ...ports], { interrupted })
    expect(served.stdout).toContain(told)
  })
})
