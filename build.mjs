// Writes dist/: our schemas as checks in plain code, and the program as a few files. Bundled because a start that resolves
// and reads hundreds of modules takes half as long again; what is loaded late stays in chunks.
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import { rolldown } from 'rolldown'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const dist = here('dist')
rmSync(dist, { recursive: true, force: true })

// undici loads HTTP/2 though we never allow it, and goes on without it where Node has none: that is a tenth of a start.
const withoutHttp2 = {
  name: 'without-http2',
  resolveId: (id) => (id === 'node:http2' ? '\0http2' : undefined),
  load: (id) => (id === '\0http2' ? 'module.exports = { constants: {} }' : undefined),
}

// `dependencies` are what is loaded only when it is needed: they stay what npm installed. What is bundled, a start needs,
// or would bring dozens of packages for one format: it is a development dependency, and none of a user's.
const { dependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8'))
const bundle = await rolldown({
  input: { cli: here('src/cli.ts'), index: here('src/index.ts') },
  platform: 'node',
  external: Object.keys(dependencies).map((name) => new RegExp(`^${name}(/|$)`)),
  // yaml's build for Node asks the environment, which is slow, for a debugging switch at each token; its other one is ESM.
  resolve: { alias: { yaml: here('node_modules/yaml/browser/dist/index.js') } },
  plugins: [withoutHttp2],
  transform: { target: 'node20' },
  // It would take out what is called to see whether it throws, such as decodeURIComponent in a try.
  treeshake: false,
  // What is loaded late in one place may be loaded early by another.
  checks: { ineffectiveDynamicImport: false },
})

// What each start of a server loads, be it early or late, is one file: each other one costs half a millisecond.
const startedWith = [
  ...['index.ts', 'surfaces/serve.ts', 'surfaces/ports.ts', 'spec/scripts.ts', 'spec/front-matter.ts'],
  ...['open-state.ts', 'open-audit.ts', 'once-journal.ts'].map((name) => `runtime/${name}`),
]
const { output } = await bundle.write({
  dir: dist,
  chunkFileNames: '[name]-[hash].js',
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  codeSplitting: {
    groups: [{ ...allOf('server', startedWith), priority: 1 }, allOf('command', ['cli.ts', 'cli/serve.ts'])],
  },
})

chmodSync(here('dist/cli.js'), 0o755)

/** One file of these sources and all that they import early; not of what waits for the others, which would wait for itself. */
function allOf(name, sources) {
  let ids
  const reached = (graph) => {
    const found = new Set(sources.map((path) => here(`src/${path}`)))
    for (const id of found) for (const next of graph.getModuleInfo(id)?.importedIds ?? []) found.add(next)
    return found
  }
  const nameOf = (id, graph) => {
    ids ??= reached(graph)
    return ids.has(id) && id !== here('src/cli.ts') ? name : null
  }
  return { name: nameOf, debugName: name }
}

for (const name of ['capability', 'runtime', 'skill', 'publish']) {
  const schema = JSON.parse(readFileSync(here(`schemas/${name}.schema.json`), 'utf8'))
  const ajv = new Ajv2020({ strict: false, messages: false, inlineRefs: false, code: { source: true } })
  const code = standalone.default(ajv, ajv.compile(schema))
  const check = {
    name: 'check',
    resolveId: (id) => (id === 'check' ? here('check.cjs') : undefined),
    load: (id) => (id === here('check.cjs') ? code : undefined),
  }
  const alone = await rolldown({ input: 'check', platform: 'node', plugins: [check], treeshake: false })
  await alone.write({ file: here(`dist/${name}-check.cjs`), format: 'cjs', minify: true })
}

// The bundled capability and its skills start from their parsed and checked values, found by the digest of their text.
const reading = await rolldown({
  input: { parse: here('src/spec/parse.ts'), 'front-matter': here('src/spec/front-matter.ts') },
  platform: 'node',
  treeshake: false,
})
await reading.write({ dir: here('dist/reading') })
const { parseSource } = await import(here('dist/reading/parse.js'))
const { frontMatterText } = await import(here('dist/reading/front-matter.js'))
rmSync(here('dist/reading'), { recursive: true })
const require = createRequire(import.meta.url)
const capabilities = readdirSync(here('capabilities')).filter((name) => /\.(ikanos|runtime)\.yml$/.test(name))
const sources = [
  ...capabilities.map((file) => [
    file.endsWith('.runtime.yml') ? 'runtime' : 'capability',
    readFileSync(here(`capabilities/${file}`), 'utf8'),
  ]),
  ...readdirSync(here('skills'), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? [['skill', frontMatterText(readFileSync(here(`skills/${entry.name}/SKILL.md`), 'utf8')) ?? '']]
      : [],
  ),
]
const prepared = {}
for (const [schema, text] of sources) {
  const { value } = parseSource('', text)
  const fits = require(here(`dist/${schema}-check.cjs`))
  if (value !== undefined && fits(value)) prepared[createHash('sha256').update(text).digest('hex')] = value
}
writeFileSync(here('dist/prepared.json'), JSON.stringify(prepared))

// `generate` writes these into the folders of skills.
cpSync(here('src/generate/scripts'), here('dist/scripts'), { recursive: true })

// What is bundled is named with its licence, as the licences ask for.
const modules = output.flatMap(({ moduleIds = [] }) => moduleIds)
const bundled = new Set(modules.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []))
const notices = [...bundled].sort().map((name) => {
  const folder = here(`node_modules/${name}`)
  const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file))
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
  return `${name} ${version} (${license})\n\n${licence ? readFileSync(`${folder}/${licence}`, 'utf8').trim() : ''}\n`
})
writeFileSync(here('dist/THIRD-PARTY-NOTICES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`))
