/** Who may import whom, and where each package is at home, as data over the files of src/. */

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }

/** A folder or file of src/ and what it may import; `type x` = only types of it. What is not listed is not allowed. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  text: [],
  sandbox: [],
  'package.ts': [],
  catalogue: [],
  'diagnostics.ts': ['catalogue'],
  'errors.ts': ['diagnostics.ts'],
  'plan.ts': ['type text', 'type errors.ts'],
  spec: ['text', 'diagnostics.ts', 'errors.ts', 'type plan.ts', 'package.ts'],
  compile: ['spec', 'type plan.ts', 'text', 'diagnostics.ts', 'errors.ts'],
  runtime: ['type plan.ts', 'text', 'errors.ts'],
  artifacts: ['type plan.ts', 'text'],
  openapi: ['spec', 'runtime', 'text', 'type plan.ts', 'errors.ts'],
  surfaces: ['narrow.ts', 'runtime', 'artifacts', 'type plan.ts', 'errors.ts', 'text'],
  'words.ts': ['errors.ts', 'type plan.ts', 'text'],
  'check-schemas.ts': ['type spec', 'runtime', 'text', 'type diagnostics.ts'],
  'load.ts': ['check-schemas.ts', 'spec', 'compile', 'type plan.ts', 'diagnostics.ts', 'errors.ts'],
  'narrow.ts': ['type plan.ts', 'text', 'errors.ts'],
  'open.ts': ['type load.ts', 'type plan.ts', 'runtime', 'sandbox', 'errors.ts'],
  'generate.ts': ['type load.ts', 'spec', 'artifacts', 'generate', 'reference', 'package.ts'],
  reference: ['spec', 'surfaces', 'diagnostics.ts'],
  generate: ['artifacts', 'text', 'type plan.ts', 'errors.ts'],
  'publish.ts': ['type load.ts', 'package.ts', 'artifacts', 'surfaces', 'publish', 'type plan.ts', 'errors.ts'],
  publish: ['type load.ts', 'artifacts', 'surfaces', 'spec', 'text', 'type plan.ts', 'diagnostics.ts', 'errors.ts'],
  'export.ts': ['type load.ts', 'artifacts', 'generate', 'surfaces', 'text', 'type plan.ts', 'errors.ts'],
  'init.ts': ['openapi', 'text'],
  'import-openapi.ts': ['openapi', 'spec', 'text', 'errors.ts'],
  'convert.ts': ['load.ts', 'spec', 'text', 'diagnostics.ts', 'errors.ts'],
  'reload.ts': ['load.ts', 'open.ts', 'narrow.ts', 'type plan.ts', 'type diagnostics.ts', 'errors.ts'],
  'serving.ts': [
    'reload.ts',
    'load.ts',
    'narrow.ts',
    'type open.ts',
    'package.ts',
    'artifacts',
    'surfaces',
    'type diagnostics.ts',
    'type plan.ts',
  ],
  'serving-stdio.ts': ['reload.ts', 'narrow.ts', 'type serving.ts', 'surfaces', 'type plan.ts', 'errors.ts'],
  'watch.ts': ['type load.ts', 'type serving.ts', 'spec', 'text', 'type diagnostics.ts'],
  'index.ts': [
    'watch.ts',
    'serving.ts',
    'serving-stdio.ts',
    'load.ts',
    'open.ts',
    'generate.ts',
    'convert.ts',
    'import-openapi.ts',
    'init.ts',
    'export.ts',
    'publish.ts',
    'publish',
    'package.ts',
    'words.ts',
    'narrow.ts',
    'print.ts',
    'spec',
    'surfaces',
    'sandbox',
    'text',
    'diagnostics.ts',
    'errors.ts',
    'runtime',
    'type plan.ts',
  ],
  'print.ts': ['diagnostics.ts'],
  cli: ['index.ts', 'type plan.ts', 'text', 'artifacts'],
  'cli.ts': ['cli'],
}

/** Where in src/ each package is imported. */
const homes: Readonly<Record<string, readonly string[]>> = {
  '@fastify/busboy': ['surfaces/rest/multipart.ts'],
  '@modelcontextprotocol/node': ['surfaces/mcp/'],
  '@modelcontextprotocol/server': ['surfaces/mcp/'],
  '@jitl/quickjs-wasmfile-release-sync': ['runtime/script-worker.ts'],
  '@opentelemetry/api': ['runtime/telemetry/otlp.ts'],
  '@opentelemetry/exporter-metrics-otlp-http': ['runtime/telemetry/otlp.ts'],
  '@opentelemetry/exporter-trace-otlp-http': ['runtime/telemetry/otlp.ts'],
  '@opentelemetry/resources': ['runtime/telemetry/otlp.ts'],
  '@opentelemetry/sdk-metrics': ['runtime/telemetry/otlp.ts'],
  '@opentelemetry/sdk-trace': ['runtime/telemetry/otlp.ts'],
  ajv: ['spec/schema.ts', 'compile/parameters.ts', 'compile/input-faults.ts'],
  'ajv-formats': ['spec/schema.ts', 'compile/parameters.ts', 'compile/input-faults.ts'],
  commander: ['cli/'],
  fflate: ['surfaces/skill-files.ts'],
  'css-select': ['runtime/formats/'],
  'csv-parse': ['runtime/formats/'],
  domutils: ['runtime/formats/'],
  htmlparser2: ['runtime/formats/'],
  jose: ['surfaces/oauth2/'],
  ky: ['runtime/authorization-server.ts', 'cli/control/client.ts'],
  'mdast-util-from-markdown': ['runtime/formats/'],
  'mdast-util-gfm-table': ['runtime/formats/'],
  'micromark-extension-gfm-table': ['runtime/formats/'],
  pino: ['runtime/log.ts'],
  protobufjs: ['runtime/formats/'],
  'quickjs-emscripten-core': ['runtime/script-worker.ts'],
  saxes: ['runtime/formats/'],
  undici: ['runtime/upstream.ts', 'runtime/undici-pool.d.ts'],
  yaml: [
    'spec/parse.ts',
    'spec/convert.ts',
    'spec/anchors.ts',
    'spec/collections.ts',
    'spec/inherited.ts',
    'spec/secrets.ts',
    'spec/yaml-faults.ts',
    'text/yaml.ts',
    'runtime/bind-file.ts',
    'runtime/formats/',
  ],
}

interface Import {
  /** The file it stands in, relative to src/. */
  readonly from: string
  /** A file relative to src/, or the name of a package or of a module of Node. */
  readonly to: string
  readonly ours: boolean
  readonly typeOnly: boolean
}

const src = fileURLToPath(new URL('../src/', import.meta.url))
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'))
  .sort()
const textOf = new Map(files.map((file) => [file, readFileSync(join(src, file), 'utf8')]))

const clause = String.raw`\*(?:\s+as\s+\w+)?|\w+(?:\s*,\s*\{[^}]*\})?|\{[^}]*\}`
const staticImport = new RegExp(String.raw`^\s*(?:import|export)\s+(type\s+)?(?:(${clause})\s+from\s+)?'([^']+)'`, 'gm')
const lazyImport = /\bimport\(\s*'([^']+)'\s*\)(\.[A-Z])?|\brequire\w*(?:\([^)]*\))?\('([^']+)'\)/g
const imports = files.flatMap(importsOf)

function importsOf(from: string): readonly Import[] {
  const text = withoutComments(from)
  const fixed = [...text.matchAll(staticImport)].map(([, type, names = '', to = '']) =>
    imported(from, to, type !== undefined || onlyTypes(names)),
  )
  const lazy = [...text.matchAll(lazyImport)].map(([, to, member, required]) =>
    imported(from, to ?? required ?? '', member !== undefined),
  )
  return [...fixed, ...lazy]
}

function withoutComments(file: string): string {
  return (textOf.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

function onlyTypes(names: string): boolean {
  const named = /^\{([^}]*)\}$/.exec(names)?.[1]?.split(',') ?? []
  return named.length > 0 && named.every((name) => /^\s*(type\s|$)/.test(name))
}

function imported(from: string, specifier: string, typeOnly: boolean): Import {
  const ours = specifier.startsWith('.')
  const to = ours ? relative(src, join(src, from, '..', specifier)).replaceAll('\\', '/') : packageOf(specifier)
  return { from, to, ours, typeOnly }
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

const unitOf = (file: string) => file.split('/')[0] ?? file

function isAllowed({ from, to, typeOnly }: Import): boolean {
  const [unit, other] = [unitOf(from), unitOf(to)]
  const may = mayImport[unit] ?? []
  return unit === other || may.includes(other) || (typeOnly && may.includes(`type ${other}`))
}

const shown = ({ from, to, typeOnly }: Import) => `${from} imports ${typeOnly ? 'types of ' : ''}${to}`

describe('the map of imports', () => {
  test('has a place for every file and folder of src', () => {
    expect([...new Set(files.map(unitOf))].sort()).toEqual(Object.keys(mayImport).sort())
  })

  test.each(Object.keys(mayImport))('lets %s import only what stands below it', (unit) => {
    const strangers = imports.filter((i) => i.ours && unitOf(i.from) === unit && !isAllowed(i))
    expect(strangers.map(shown)).toEqual([])
  })

  test('leads to files that exist', () => {
    expect(imports.filter((i) => i.ours && !files.includes(i.to)).map(shown)).toEqual([])
  })

  test('is held against every import there is', () => {
    const written = files.flatMap((file) => [...withoutComments(file).matchAll(/^[^'\n]*\bfrom '|\bimport\('/gm)])
    expect(imports).toHaveLength(written.length)
  })

  test('has no cycle, of values or types, early or late', () => {
    expect(cycle()).toBeUndefined()
  })
})

describe('packages', () => {
  test('are at home in one place each', () => {
    const strays = imports.filter(
      ({ from, to, ours }) => !ours && !to.startsWith('node:') && !homes[to]?.some((home) => from.startsWith(home)),
    )
    expect(strays.map(shown)).toEqual([])
  })

  test('that are installed for users have a home; of the others, those that are bundled', () => {
    const { dependencies, devDependencies } = packageJson
    expect(Object.keys(dependencies).filter((name) => !(name in homes))).toEqual([])
    expect(Object.keys(homes).filter((name) => !(name in { ...dependencies, ...devDependencies }))).toEqual([])
  })
})

describe('src', () => {
  test('knows Nanonets in its sandbox only', () => {
    const outside = files.filter((file) => unitOf(file) !== 'sandbox' && /nanonets/i.test(textOf.get(file) ?? ''))
    expect(outside).toEqual([])
  })

  test('has no barrels', () => {
    const all = files.flatMap((file) =>
      [...(textOf.get(file) ?? '').matchAll(/^export (type )?\*.*$/gm)].map(([line]) => `${file}: ${line}`),
    )
    expect(all).toEqual(["index.ts: export type * from './plan.ts'"])
    expect(files.filter((file) => basename(file) === 'index.ts')).toEqual(['index.ts'])
  })

  test('has no drawer for what has no place', () => {
    const drawer = /(^|\/)(utils?|helpers?|common|types|misc|shared)(\.d)?(\.ts|\/)/
    expect(files.filter((file) => drawer.test(file))).toEqual([])
  })
})

/** Files that import each other, or undefined. Depth first; a file is done when all below it are. */
function cycle(): string | undefined {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' -> ')
    if (done.has(file)) return undefined
    for (const { to } of imports.filter((i) => i.from === file && i.ours)) {
      const found = visit(to, [...path, file])
      if (found !== undefined) return found
    }
    done.add(file)
    return undefined
  }
  return files.map((file) => visit(file, [])).find((found) => found !== undefined)
}
