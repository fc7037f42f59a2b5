/** `--read-only` and `--tools` on the command line. */

import { describe, expect, it } from 'vitest'
import { say } from '../support/say.ts'
import { writeCapability } from '../support/serve.ts'

const capability = (namespace: string, tools: readonly string[]) => {
  const tool = { description: 'Says it.', outputParameters: { said: { type: 'string', value: 'it' } } }
  const named = Object.fromEntries(tools.map((name) => [name, tool]))
  return writeCapability({
    ikanos: '1.0.0-beta5',
    info: { display: namespace, description: 'Says it.', version: '1.0.0' },
    capability: { exposes: [{ type: 'mcp', namespace, address: '127.0.0.1', port: 0, tools: named }] },
  })
}

describe('--tools', () => {
  it.each([
    ['serve', ['--tools', 'get-file,delet-file'], 'there is no tool "delet-file"; did you mean "delete-file"?'],
    ['mcp', ['--tools', 'get-file', '--tools', 'unlist'], 'there is no tool "unlist"; there are list-files, get-file,'],
    ['serve', ['--tools', 'get-file,,'], 'Write it as <name>,<name>'],
  ])('of capability %s with %j is refused', async (command, flags, says) => {
    const { code, stderr } = await say([command, '--sandbox', ...flags])
    expect(stderr).toContain(says)
    expect(code).toBe(2)
  })

  it('names tools of any of several capabilities', async () => {
    const files = [await capability('left', ['say-left']), await capability('right', ['say-right', 'shout'])]
    const interrupted = () => Promise.resolve()
    const served = async (...tools: string[]) => {
      const { stdout, stderr } = await say(['serve', ...files, ...tools], { interrupted })
      return [...stdout.matchAll(/Warning: "(\w+)" has no tool/g)].map(([, name]) => name).join() + stderr
    }
    expect(await served('--tools', 'shout,say-left')).toBe('')
    expect(await served('--tools', 'shout')).toBe('left')
    expect(await served('--tools', 'say-rihgt')).toContain('there is no tool "say-rihgt"; did you mean "say-right"?')
  })
})
