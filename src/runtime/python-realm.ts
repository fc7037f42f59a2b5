/**
 * The JavaScript world that Python runs in: the language and nothing else. No object of the thread's own world is ever
 * handed in, and no text becomes code in it, so whatever a script reaches from Python leads nowhere. Its text is run in
 * it, so it stands for itself: no imports but types.
 */

/** What the thread sees of the realm. */
export interface Realm {
  /** By name; filled by the thread before `load`. */
  readonly files: Record<string, Uint8Array>
  /** Random bytes, as long as they last; filled by the thread. */
  readonly entropy: Uint8Array
  /** What Pyodide says of its version; there are no packages. */
  info: unknown
  state: 'empty' | 'loading' | 'ready' | 'failed'
  /** Why it failed. */
  detail: string
  readonly load: (snapshot: 'make' | Uint8Array) => void
  readonly snapshot: () => Uint8Array
  /** JSON -> JSON, see `pythonProgram`. */
  answer: ((job: string) => string) | undefined
}

interface Pyodide {
  readonly runPython: (text: string) => (job: string) => string
  readonly makeMemorySnapshot: () => Uint8Array
}

/**
 * Puts up what Pyodide takes its surroundings from (those of a shell that only reads files), and `python` for the thread.
 * `imports` are those of the program: they are in the snapshot.
 */
export function pythonRealm(program: string, imports: string, maxMemoryBytes: number): Realm {
  // biome-ignore lint/suspicious/noExplicitAny: the globals of a realm that has none yet
  const world = globalThis as any
  const files: Record<string, Uint8Array> = {}
  const nothing = () => {}
  world.console = { log: nothing, info: nothing, warn: nothing, error: nothing, debug: nothing }
  world.performance = { now: () => Date.now(), timeOrigin: 0 }
  world.read = () => ''
  world.load = nothing
  world.readbuffer = (path: string) => files[path.slice(path.lastIndexOf('/') + 1)]
  world.noImport = () => {
    throw new Error('nothing is imported here')
  }
  world.os = {
    system: (_: string, [, command]: readonly string[]) => random(Number(/-c(\d+)/.exec(command ?? '')?.[1])),
  }
  world.TextDecoder = decoder()
  world.TextEncoder = encoder()
  shutWebAssembly(maxMemoryBytes)
  let pyodide: Pyodide
  let used = 0
  const realm: Realm = {
    files,
    info: {},
    entropy: new Uint8Array(65_536),
    state: 'empty',
    detail: '',
    load,
    snapshot: () => pyodide.makeMemorySnapshot(),
    answer: undefined,
  }
  return realm

  function load(snapshot: 'make' | Uint8Array) {
    realm.state = 'loading'
    const settings = {
      indexURL: '/',
      createPyodideModule: world._createPyodideModule,
      jsglobals: Object.freeze(Object.create(null)),
      lockFileContents: { info: realm.info, packages: {} },
      stdin: () => null,
      stdout: nothing,
      stderr: nothing,
      env: { HOME: '/', TZ: 'UTC' },
      ...(snapshot === 'make' ? { _makeSnapshot: true } : { _loadSnapshot: snapshot }),
    }
    world.loadPyodide(settings).then(
      (loaded: Pyodide) => {
        pyodide = loaded
        if (snapshot === 'make') loaded.runPython(imports)
        else realm.answer = loaded.runPython(program)
        for (const name of Object.keys(files)) delete files[name]
        for (const name of ['loadPyodide', '_createPyodideModule', 'read', 'load', 'readbuffer'])
          world[name] = undefined
        realm.state = 'ready'
      },
      (error: unknown) => {
        realm.detail = String(error)
        realm.state = 'failed'
      },
    )
  }

  /** Base64, as the shell it is asked of would give. */
  function random(bytes: number): string {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const groups = Math.ceil(bytes / 3)
    const text = Array.from({ length: groups * 4 }, () => letters[randomByte() & 63]).join('')
    const spare = groups * 3 - bytes
    return spare === 0 ? text : text.slice(0, -spare) + '='.repeat(spare)
  }

  function randomByte(): number {
    const byte = realm.entropy[used++]
    return byte ?? Math.floor(Math.random() * 256)
  }

  function decoder() {
    return class {
      readonly label: string
      constructor(label = 'utf-8') {
        this.label = label
      }
      decode(bytes: Uint8Array): string {
        let text = ''
        for (let i = 0; i < bytes.length; i += 8192)
          text += String.fromCharCode.apply(null, bytes.subarray(i, i + 8192) as unknown as number[])
        return this.label === 'latin1' ? text : decodeURIComponent(world.escape(text))
      }
    }
  }

  function encoder() {
    return class {
      encode(text: string): Uint8Array {
        return Uint8Array.from(world.unescape(encodeURIComponent(text)), (letter) => (letter as string).charCodeAt(0))
      }
      encodeInto(text: string, to: Uint8Array) {
        const bytes = this.encode(text)
        to.set(bytes)
        return { read: text.length, written: bytes.length }
      }
    }
  }

  /** Compiled at once, so that loading needs no turn of the thread's own loop; a memory has our limit. */
  function shutWebAssembly(mostBytes: number) {
    const wasm = world.WebAssembly
    delete wasm.compileStreaming
    delete wasm.instantiateStreaming
    wasm.compile = async (bytes: Uint8Array) => new wasm.Module(bytes)
    wasm.instantiate = async (given: unknown, imports: unknown) => {
      if (given instanceof wasm.Module) return new wasm.Instance(given, imports)
      const module = new wasm.Module(given)
      return { module, instance: new wasm.Instance(module, imports) }
    }
    const { grow } = wasm.Memory.prototype
    wasm.Memory.prototype.grow = function (pages: number) {
      if (this.buffer.byteLength + pages * 65536 > mostBytes) throw new RangeError('out of memory')
      return grow.call(this, pages)
    }
  }
}
