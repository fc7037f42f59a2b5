/** What the standards of small files ask, in our own words: each answers a line for what is not so. */

import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const isUri = (text: string) => URL.canParse(text) && /^[a-z][a-z0-9+.-]*:./i.test(text)

/** RFC 9116, of a file that is not signed. `now` = RFC 3339. */
export function securityTxtFaults(text: string, now: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'))
  const fields = lines.map((line) => /^([!-9;-~]+): (\S.*)$/.exec(line)?.slice(1) ?? ['', line])
  const of = (name: string) => fields.flatMap(([key = '', value = '']) => (key.toLowerCase() === name ? [value] : []))
  const [expires = ''] = of('expires')
  const ahead = Date.parse(expires) - Date.parse(now)
  const links = ['contact', 'canonical', 'policy', 'encryption', 'acknowledgments', 'hiring'].flatMap(of)
  return [
    ...fields.flatMap(([key, value]) => (key === '' ? [`no field: ${value}`] : [])),
    ...(text.endsWith('\n') ? [] : ['the last line does not end']),
    ...(of('contact').length > 0 ? [] : ['no Contact']),
    ...(of('expires').length === 1 ? [] : ['not one Expires']),
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(expires) ? [] : ['Expires is no RFC 3339']),
    ...(ahead > 0 && ahead < 366 * 86_400_000 ? [] : ['expired, or more than a year ahead']),
    ...(of('preferred-languages').length <= 1 ? [] : ['more than one Preferred-Languages']),
    ...links.flatMap((link) => (isUri(link) && !link.startsWith('http:') ? [] : [`no https, mailto or tel: ${link}`])),
  ]
}

const relations = ['service-desc', 'service-doc', 'service-meta', 'status', 'item', 'describedby', 'license', 'author']

/** RFC 9264 (4.2) with what RFC 9727 (4.1) wants of a catalog: each API is an item, and its descriptions are told. */
export function apiCatalogFaults(text: string, at: string): readonly string[] {
  const { linkset, ...others } = JSON.parse(text)
  const contexts: readonly Record<string, unknown>[] = Array.isArray(linkset) ? linkset : []
  const targets = contexts.flatMap(({ anchor: _, ...links }) => Object.entries(links))
  const items = contexts.flatMap(({ anchor, item }) => (anchor === at && item !== undefined ? hrefs(item) : []))
  return [
    ...Object.keys(others).map((name) => `beside the linkset: ${name}`),
    ...(contexts.length > 0 ? [] : ['no list of links']),
    ...contexts.flatMap(({ anchor }) => (isUri(String(anchor)) ? [] : [`no anchor: ${anchor}`])),
    ...targets.flatMap(([relation]) => (relations.includes(relation) ? [] : [`no registered relation: ${relation}`])),
    ...targets.flatMap(([relation, to]) => (hrefs(to).every(isUri) ? [] : [`no targets: ${relation}`])),
    ...(items.length > 0 ? [] : ['no item']),
    ...items.flatMap((href) =>
      contexts.some((one) => one.anchor === href && one['service-desc'] !== undefined)
        ? []
        : [`not described: ${href}`],
    ),
  ]
}

function hrefs(targets: unknown): readonly string[] {
  return Array.isArray(targets) && targets.length > 0 ? targets.map((one) => String(one?.href)) : ['']
}

/** llmstxt.org: one first heading, a quote, prose without headings, then headings with links and what they are. */
export function llmsTxtFaults(text: string): readonly string[] {
  const [head = '', ...sections] = text.split(/^## /m)
  const files = sections.map((section) =>
    section
      .split('\n')
      .slice(1)
      .filter((line) => line !== ''),
  )
  return [
    ...(/^# \S.*\n\n> \S.*\n\n/.test(head) ? [] : ['it does not begin with a heading and a quote']),
    ...(head.match(/^#+ /gm)?.length === 1 ? [] : ['a heading in the prose']),
    ...files.flatMap((lines) => (lines.length > 0 ? [] : ['a heading with nothing below'])),
    ...files.flat().flatMap((line) => (/^- \[[^\]]+\]\([^()\s]+\)(: \S.*)?$/.test(line) ? [] : [`no link: ${line}`])),
  ]
}

const text = (maxLength: number, minLength = 1) => ({ type: 'string', minLength, maxLength })
const uri = { type: 'string', format: 'uri' }
const input = {
  type: 'object',
  properties: { description: { type: 'string' }, isRequired: { type: 'boolean' }, isSecret: { type: 'boolean' } },
}
const argument = {
  type: 'object',
  required: ['type'],
  oneOf: [
    { properties: { type: { const: 'positional' } }, anyOf: [{ required: ['value'] }, { required: ['valueHint'] }] },
    { properties: { type: { const: 'named' } }, required: ['name'] },
  ],
}

/** What server.json of the MCP Registry may be (schema 2025-12-11), as far as a program that is started goes. */
const serverJson = {
  type: 'object',
  required: ['$schema', 'name', 'description', 'version', 'packages'],
  additionalProperties: false,
  properties: {
    $schema: { const: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json' },
    name: { ...text(200, 3), pattern: '^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$' },
    title: text(100),
    description: text(100),
    version: { ...text(255), not: { pattern: '[\\^~<>=*]|\\bx\\b|^latest$' } },
    websiteUrl: uri,
    repository: { type: 'object', required: ['url', 'source'], properties: { url: uri, source: text(99) } },
    _meta: { type: 'object', propertyNames: { pattern: '^[a-z0-9.-]+/[a-zA-Z0-9._-]+$' } },
    packages: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['registryType', 'identifier', 'version', 'transport'],
        properties: {
          registryType: { enum: ['npm', 'pypi', 'oci', 'nuget', 'mcpb'] },
          identifier: text(214),
          version: { ...text(255), not: { pattern: '[\\^~<>=*]|\\bx\\b|^latest$' } },
          transport: { type: 'object', required: ['type'], properties: { type: { const: 'stdio' } } },
          packageArguments: { type: 'array', items: argument },
          environmentVariables: {
            type: 'array',
            items: { ...input, required: ['name'], properties: { ...input.properties, name: text(255) } },
          },
        },
      },
    },
  },
}

/** Of a server.json. */
export function serverJsonFaults(text: string): readonly string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  addFormats.default(ajv)
  const valid = ajv.compile(serverJson)
  valid(JSON.parse(text))
  return (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
