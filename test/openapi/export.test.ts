/** What a capability is written as for other tools, and that it comes back as it went. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { bundledCapability, type ExportForm, exportCapability, importOpenapi, load } from '../../src/index.ts'
import { redocly } from '../support/linted.ts'
import { writeCapability } from '../support/serve.ts'

async function exported(form: ExportForm, file = bundledCapability()) {
  return exportCapability(await load(file), form)
}

/** What each flow takes and calls. */
function flowsOf(text: string): object {
  const { aggregates } = parse(text).capability
  return Object.assign({}, ...aggregates.map(({ flows }: { flows: object }) => flows))
}

describe('an export', () => {
  test('of the bundled capability as workflows is sound, and reads before it writes', async () => {
    const [file] = await exported('arazzo')
    expect(await redocly(file?.text ?? '')).toEqual([])
    const { workflows } = parse(file?.text ?? '')
    const steps = workflows.map(({ steps: all }: { steps: { operationId: string }[] }) =>
      all.map(({ operationId }) => operationId),
    )
    expect(steps).toContainEqual(['get-file', 'delete-file'])
    expect(steps).toContainEqual(['get-page', 'update-fields'])
    const [read] = workflows[0].steps
    expect(read.parameters.map(({ name, value }: Record<string, string>) => [name, value])).toEqual([
      ['model_id', '$inputs.model_id'],
      ['request_file_id', '$inputs.request_file_id'],
    ])
  })

  test('has every tool, every request and every skill', async () => {
    const { plan } = await load(bundledCapability())
    const [tools] = await exported('mcp')
    const [postman] = await exported('postman')
    const mcp = plan.surfaces.find((surface) => surface.type === 'mcp')
    const rest = plan.surfaces.find((surface) => surface.type === 'rest')
    expect(JSON.parse(tools?.text ?? '').tools.map(({ name }: { name: string }) => name)).toEqual(
      mcp?.tools.map(({ name }) => name),
    )
    const requests = JSON.parse(postman?.text ?? '').item.flatMap(({ item }: { item: unknown[] }) => item)
    expect(requests).toHaveLength(rest?.routes.length ?? 0)
    const paths = (await exported('skills')).map(({ path }) => path)
    expect(paths.filter((path) => path.endsWith('/SKILL.md'))).toHaveLength(5)
  })

  test('says which surface it misses, and of a skill without a folder how it would begin', async () => {
    const mock = { description: 'Says hi.', outputParameters: { hi: { type: 'string', value: 'Hi' } } }
    const from = { sourceNamespace: 'tools', action: 'say-hi' }
    const skills = { greeting: { description: 'Greets.', tools: { 'say-hi': { description: 'Says hi.', from } } } }
    const file = await writeCapability({
      ikanos: '1.0.0-beta5',
      capability: {
        exposes: [
          { type: 'mcp', namespace: 'tools', port: 9090, tools: { 'say-hi': mock } },
          { type: 'skill', namespace: 'skills', port: 9091, skills },
        ],
      },
    })
    await expect(exported('openapi', file)).rejects.toThrow('case has no surface of type rest')
    const [first] = await exported('skills', file)
    expect(first?.path).toBe('greeting/SKILL.md')
    expect(first?.text).toContain('name: greeting')
  })

  test('that is imported and exported again says the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'round-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const description = join(folder, 'openapi.yaml')
    const around = async (text: string) => {
      await writeFile(description, text)
      const imported = await importOpenapi(description)
      const file = await writeCapability(imported.text, { companion: imported.companion })
      const [again] = await exported('openapi', file)
      return { imported, openapi: again?.text ?? '' }
    }
    const [start] = await exported('openapi')
    const first = await around(start?.text ?? '')
    const second = await around(first.openapi)
    const third = await around(second.openapi)
    // What is grouped by tags is grouped by paths from then on; nothing else changes, and then nothing at all.
    expect(flowsOf(second.imported.text)).toEqual(flowsOf(first.imported.text))
    expect(third).toEqual(second)
    // Nine, and what an approval that is waited for has come to.
    expect(first.imported.operations).toHaveLength(10)
    expect((await redocly(second.openapi)).filter((problem) => problem.startsWith('error'))).toEqual([])
  })
})
