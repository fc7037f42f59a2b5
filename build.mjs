// Writes dist/: our schemas as checks in plain code, and the program as a few files. Bundled because a start that resolves
// and reads hundreds of modules takes half as long again; what is loaded late stays in chunks.
import { createHash } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import { build } from 'esbuild'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const dist = here('dist')
rmSync(dist, { recursive: true, force: true })

// undici loads HTTP/2 though we never allow it, and goes on without it where Node has none: that is a tenth of a start.
const withoutHttp2 = {
  name: 'without-http2',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:http2$/ }, ({ path }) => ({ path, namespace: 'without-http2' }))
    onLoad({ filter: /.*/, namespace: 'without-http2' }, () => ({ contents: 'module.exports = { constants: {} }' }))
  },
}

// `dependencies` are what is loaded only when it is needed: they stay what npm installed. What is bundled, a start needs,
// or would bring dozens of packages for one format: it is a development dependency, and none of a user's.
const { dependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8'))
const { metafile } = await build({
  entryPoints: [here('src/cli.ts'), here('src/index.ts')],
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: Object.keys(dependencies),
  // yaml's build for Node asks the environment, which is slow, for a debugging switch at each token; its other one is ESM.
  alias: { yaml: here('node_modules/yaml/browser/dist/index.js') },
  plugins: [withoutHttp2],
  minifySyntax: true,
  minifyWhitespace: true,
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
})

for (const name of ['capability', 'runtime', 'skill', 'publish']) {
  const schema = JSON.parse(readFileSync(here(`schemas/${name}.schema.json`), 'utf8'))
  const ajv = new Ajv2020({ strict: false, messages: false, inlineRefs: false, code: { source: true } })
  const code = standalone.default(ajv, ajv.compile(schema))
  const bundled = await build({
    stdin: { contents: code, resolveDir: here('.') },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    minify: true,
    write: false,
  })
  writeFileSync(here(`dist/${name}-check.cjs`), bundled.outputFiles[0].contents)
}

// The bundled capability and its skills start from their parsed and checked values, found by the digest of their text.
const output = (source) => Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source)?.[0]
const { parseSource } = await import(here(output('src/spec/parse.ts')))
const { frontMatterText } = await import(here(output('src/spec/front-matter.ts')))
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
const bundled = new Set(
  Object.keys(metafile.inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
)
const notices = [...bundled].sort().map((name) => {
  const folder = here(`node_modules/${name}`)
  const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file))
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
  return `${name} ${version} (${license})\n\n${licence ? readFileSync(`${folder}/${licence}`, 'utf8').trim() : ''}\n`
})
writeFileSync(here('dist/THIRD-PARTY-NOTICES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`))
