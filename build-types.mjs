// Writes dist/types/index.d.ts: the types of the public surface in one file, so that the package carries no others.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const apart = here('dist/declarations')
const tsc = here('node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [tsc, '-p', here('tsconfig.json')], { stdio: 'inherit' })

// What a file says of itself would stand over whichever declaration comes first of it.
const withoutFileComments = {
  name: 'without-file-comments',
  transform: (code) => ({
    code: code.replace(/^\/\*\*[\s\S]*?\*\/\s*(?=import|export (type )?[{*]|\/\*\*)/, ''),
    map: null,
  }),
}

const bundle = await rollup({
  input: `${apart}/index.d.ts`,
  external: /^node:/,
  plugins: [withoutFileComments, dts()],
  onLog: (_, { message }) => {
    throw new Error(message)
  },
})
// A program may name no types of its own (`types` is empty by default since TypeScript 6): Node's are a peer dependency.
await bundle.write({ file: here('dist/types/index.d.ts'), banner: '/// <reference types="node" />' })
rmSync(apart, { recursive: true })
