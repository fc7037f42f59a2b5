/** What runs in the thread of a Python script. Its text is the thread's program, so it stands for itself: no imports but types. */

import type { MessagePort } from 'node:worker_threads'
import type { Realm } from './python-realm.ts'
import type { ScriptJob, ScriptReply } from './script-worker.ts'

/** How a thread is started. */
export interface PythonThread {
  /** Where Pyodide is. */
  readonly folder: string
  /** Program text that gives a `Realm`. */
  readonly realm: string
  /** The memory of an interpreter that is loaded, which saves loading it again; `make` = load it and give that. */
  readonly snapshot: Uint8Array | 'make'
  /** Largest memory of an interpreter, in bytes. */
  readonly memory: number
}

/**
 * Says the snapshot and ends, or says `ready`, answers one job, and must not be used again: what a script did to its
 * interpreter would be there for the next one.
 */
export async function pythonWorker(
  port: MessagePort,
  vm: typeof import('node:vm'),
  fs: typeof import('node:fs'),
  { folder, realm: program, snapshot, memory }: PythonThread,
) {
  const { constants, createContext, Script } = vm
  const own = process
  const turn = setImmediate
  const context = createContext(constants.DONT_CONTEXTIFY, { codeGeneration: { strings: false, wasm: true } })
  const run = (text: string, filename: string) =>
    new Script(text, { filename }).runInContext(context, { displayErrors: false })
  const realm = run(program, 'realm') as Realm
  crypto.getRandomValues(realm.entropy)
  for (const name of ['pyodide.asm.wasm', 'python_stdlib.zip']) {
    const bytes = fs.readFileSync(`${folder}/${name}`)
    Uint8Array.prototype.set.call(put(name, bytes.length), bytes)
  }
  run(asScript('pyodide.asm.mjs', 'export default _createPyodideModule;'), 'pyodide.asm.mjs')
  run(asScript('pyodide.js'), 'pyodide.js')
  const { info } = JSON.parse(fs.readFileSync(`${folder}/pyodide-lock.json`, 'utf8'))
  run(`python.info = ${JSON.stringify(info)}`, 'realm')
  if (typeof snapshot === 'string') realm.load(snapshot)
  else {
    Uint8Array.prototype.set.call(put('snapshot', snapshot.length), snapshot)
    realm.load(realm.files.snapshot as Uint8Array)
  }
  while (realm.state === 'loading') await new Promise((resolve) => turn(resolve))
  if (realm.state !== 'ready') throw new Error(String(realm.detail))
  if (snapshot === 'make') {
    const bytes = realm.snapshot()
    const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
    copy.set(bytes)
    port.postMessage(copy)
    return
  }
  shut()
  port.on('message', (job: ScriptJob) => port.postMessage(answer(job)))
  port.postMessage('ready')

  /** Room for a file, made by the realm itself. */
  function put(name: string, bytes: number): Uint8Array {
    return run(`python.files[${JSON.stringify(name)}] = new Uint8Array(${bytes})`, 'realm')
  }

  /** A module's text as that of a script that imports nothing. */
  function asScript(file: string, end = ''): string {
    const text = fs.readFileSync(`${folder}/${file}`, 'utf8')
    if (!text.includes(end)) throw new Error(`${file} is not the one that is known`)
    return text
      .replace(end, '')
      .replaceAll('import.meta.url', '"/"')
      .replaceAll(/\bimport\(/g, 'noImport(')
  }

  function answer({ sources, context: given, limits }: ScriptJob): ScriptReply {
    const job = {
      sources,
      context: given,
      turns: limits.turns,
      mostChars: 4 * 1024 * 1024,
      megabytes: memory / 1024 / 1024,
    }
    try {
      const said: unknown = realm.answer?.(JSON.stringify(job))
      const { output, failure } = JSON.parse(typeof said === 'string' ? said : '') as Partial<ScriptReply>
      if (failure !== undefined) return { failure: String(failure), broken: true }
      return output === undefined ? { broken: true } : { output: String(output), broken: true }
    } catch {
      // What was thrown is of the script's world, and is not looked at.
      return { failure: 'the script broke its sandbox', broken: true }
    }
  }

  /** A second wall: were the thread's own world reached after all, there would be little in it. */
  function shut() {
    for (const event of ['uncaughtException', 'unhandledRejection']) own.on(event, () => own.exit(1))
    const makers = [() => {}, async () => {}, function* () {}, async function* () {}]
    for (const maker of makers)
      Object.defineProperty(Object.getPrototypeOf(maker), 'constructor', { value: undefined, configurable: false })
    for (const name of ['process', 'require', 'module', 'exports', 'fetch', 'WebSocket', 'EventSource', 'Buffer'])
      Reflect.deleteProperty(globalThis, name)
  }
}
