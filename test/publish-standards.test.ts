/** Published files, each held against its own standard, and each check against a file that is wrong. */

import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { apiCatalogFaults, llmsTxtFaults, securityTxtFaults, serverJsonFaults } from './support/discovery-standards.ts'
import { spectral } from './support/linted.ts'
import { type Document, type Folder, now, published, slug, text } from './support/published.ts'

let files: Folder

beforeAll(async () => {
  files = await published()
}, 20_000)

describe('security.txt', () => {
  test('is as RFC 9116 wants it', async () => {
    expect(securityTxtFaults(await text('well-known/security.txt'), now)).toEqual([])
  })

  test.each([
    [/^Contact.*\n/m, '', 'no Contact'],
    [/^Contact: mailto:/m, 'Contact: ', 'no https, mailto or tel: maintainers@'],
    [/^Canonical: https/m, 'Canonical: http', 'no https, mailto or tel: http:'],
    [/^Expires.*\n/m, '', 'not one Expires'],
    [/^Expires: 2027/m, 'Expires: 2028', 'expired, or more than a year ahead'],
    [/^Expires: 2027/m, 'Expires: 2025', 'expired, or more than a year ahead'],
    [/^(Expires.*T).*$/m, '$100:00', 'Expires is no RFC 3339'],
    [/^Preferred-Languages: /m, 'Preferred-Languages:', 'no field: Preferred-Languages:en'],
    [/\n$/, '', 'the last line does not end'],
  ])('is not when %s is %j', async (from, to, fault) => {
    const found = securityTxtFaults((await text('well-known/security.txt')).replace(from, to), now)
    expect(found).toContainEqual(expect.stringContaining(fault))
  })
})

describe('The API catalog', () => {
  const parts = async () => {
    const { url } = parse(await text('apis.yml'))
    return [await text('well-known/api-catalog'), url.replace('apis.yml', 'well-known/api-catalog')] as const
  }

  test('is a link set (RFC 9264) that has every surface as an item (RFC 9727)', async () => {
    const [catalog, at] = await parts()
    expect(apiCatalogFaults(catalog, at)).toEqual([])
    const { apis } = parse(await text('apis.yml'))
    const own = apis.filter(({ aid }: Document) => !aid.endsWith(':upstream'))
    expect(JSON.parse(catalog).linkset[0].item.map(({ href }: Document) => href)).toEqual(
      own.map(({ baseURL }: Document) => baseURL),
    )
  })

  test.each([
    ['"linkset"', '"links"', 'beside the linkset: links'],
    ['"service-desc"', '"serviceDesc"', 'no registered relation: serviceDesc'],
    ['"service-desc"', '"service-doc"', 'not described: '],
    ['"href": "https', '"href": "/https', 'no targets: service-desc'],
    ['"anchor": "http', '"anchor": "/http', 'no anchor: '],
    ['"item"', '"author"', 'no item'],
  ])('is none when %s is %s', async (from, to, fault) => {
    const [catalog, at] = await parts()
    expect(apiCatalogFaults(catalog.replace(from, to), at)).toContainEqual(expect.stringContaining(fault))
  })
})

describe('llms.txt', () => {
  test('has the structure of llmstxt.org, and tells of every operation', async () => {
    const one = await text('llms/llms.txt')
    expect(llmsTxtFaults(one)).toEqual([])
    const { operations } = parse(await text(`agentic-access/${slug}-agentic-access.yml`))
    for (const { operationId } of operations) expect(one).toContain(`\n- ${operationId}: `)
  })

  test.each([
    ['# ', '', 'it does not begin'],
    ['> ', '', 'it does not begin'],
    ['Its operations:', '### Its operations', 'a heading in the prose'],
    ['## Skills', '## Nothing\n\n## Skills', 'a heading with nothing below'],
    ['- [OpenAPI](../openapi', '- OpenAPI (../openapi', 'no link: - OpenAPI'],
  ])('has it not when %s is %j', async (from, to, fault) => {
    const found = llmsTxtFaults((await text('llms/llms.txt')).replace(from, to))
    expect(found).toContainEqual(expect.stringContaining(fault))
  })
})

describe('server.json', () => {
  test('is what the MCP Registry takes', async () => {
    expect(serverJsonFaults(await text('mcp/server.json'))).toEqual([])
  })

  test.each([
    ['org.example.nanonets-file-management/files', 'files', '/name must match'],
    ['"description": "', `"description": "${'a'.repeat(99)}`, '/description must NOT have more than 100'],
    ['"version": "', '"version": "^', '/version must NOT be valid'],
    ['"positional"', '"named"', '/packages/0/packageArguments/0 must'],
    ['"value": "mcp"', '"hint": "mcp"', '/packages/0/packageArguments/0 must'],
    ['"isRequired": true', '"isRequired": "true"', '/packages/0/environmentVariables/0/isRequired must'],
    ['"title"', '"label"', 'must NOT have additional properties'],
  ])('is not when %s is %s', async (from, to, fault) => {
    const found = serverJsonFaults((await text('mcp/server.json')).replace(from, to))
    expect(found).toContainEqual(expect.stringContaining(fault))
  })
})

describe('The rules', () => {
  const rulesOf = async (planted: (openapi: Document) => void) => {
    const openapi: Document = parse(await text(`openapi/${slug}-openapi.yml`))
    planted(openapi)
    const found = await spectral(JSON.stringify(openapi), await text(`rules/${slug}-rules.yml`))
    return [...new Set(found.map((line) => line.split(/[ :]/)[1]))]
  }
  const removal = (openapi: Document) => openapi.paths['/v1/models/{model_id}/files/{request_file_id}'].delete
  const without = (name: string) => (openapi: Document) => {
    const call = removal(openapi)
    call.parameters = call.parameters.filter((one: Document) => one.name !== name)
  }

  test.each<[string, (openapi: Document) => void]>([
    ['write-takes-key', without('Idempotency-Key')],
    ['write-can-be-tried', without('dry_run')],
    ['other-refusals-are-described', (openapi) => void delete removal(openapi).responses.default],
    ['operation-id-is-a-name', (openapi) => void Object.assign(removal(openapi), { operationId: 'deleteFile' })],
    [
      'id-is-described',
      (openapi) => {
        const [id] = removal(openapi).parameters
        delete id.description
      },
    ],
    [
      'refusal-is-a-problem',
      ({ components }) => {
        const [one]: Document[] = Object.values(components.responses)
        one.content = { 'application/json': one.content['application/problem+json'] }
      },
    ],
    // One of the ruleset that ours extends.
    ['operation-operationId-unique', (openapi) => void Object.assign(removal(openapi), { operationId: 'get-file' })],
  ])('find %s, and nothing else, where it is planted in what they pass', async (rule, planted) => {
    expect(await rulesOf(() => {})).toEqual([])
    expect(await rulesOf(planted)).toEqual([rule])
  })

  test('are all planted', async () => {
    expect(Object.keys(parse(await text(`rules/${slug}-rules.yml`)).rules)).toHaveLength(6)
  })
})

describe('The examples', () => {
  test('are requests and answers that the description of the REST surface allows', async () => {
    const openapi: Document = parse(await text(`openapi/${slug}-openapi.yml`))
    const ajv = new Ajv2020({ strict: false })
    addFormats.default(ajv)
    const { components } = openapi
    const held = (body: unknown, { content }: Document) => {
      const valid = ajv.compile({ ...content['application/json'].schema, components })
      return { fits: valid(body), errors: valid.errors }
    }
    const examples = [...files].filter(([path]) => path.startsWith('examples/'))
    expect(examples).toHaveLength(9)
    for (const [path, one] of examples) {
      const { operation, request, response } = JSON.parse(one)
      const [template = '', method = ''] =
        Object.entries<Document>(openapi.paths).flatMap(([template, item]) =>
          Object.entries<Document>(item).flatMap(([method, { operationId }]) =>
            operationId === operation ? [[template, method] as const] : [],
          ),
        )[0] ?? []
      const shape = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/{}]+')}$`)
      expect({ path, method: request.method, address: request.path }).toEqual({
        path,
        method: method.toUpperCase(),
        address: expect.stringMatching(shape),
      })
      const { requestBody, responses } = openapi.paths[template][method]
      if (requestBody !== undefined)
        expect({ path, ...held(request.body, requestBody) }).toEqual({ path, fits: true, errors: null })
      if (response !== undefined)
        expect({ path, ...held(response.body, responses['200']) }).toEqual({ path, fits: true, errors: null })
    }
  })
})
