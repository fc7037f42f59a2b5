/** A terminal in which the commands of a document are typed one after the other, in a folder of their own. */

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { skillInstall } from '../../src/artifacts/paste.ts'
import { bundledCapability, load } from '../../src/index.ts'
import type { Ran } from './cli.ts'
import { say } from './say.ts'

export interface Story {
  /** Types the lines of a snippet. Throws for a command that it does not know. */
  readonly type: (snippet: string) => Promise<Typed>
  /** Where it listens that the bundled capability has on a port. */
  readonly address: (port: number) => string
  /** Stops what goes on. */
  readonly close: () => Promise<void>
}

export interface Typed {
  /** All that the commands printed. */
  readonly printed: string
  /** What each that ended left with. */
  readonly codes: readonly number[]
}

type Variables = Readonly<Record<string, string>>

interface Serving {
  readonly printed: string
  readonly stop: () => Promise<void>
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: Variables }
const declared = (port: number) => `http://127.0.0.1:${port}`

/** What is started goes on until the end; what comes later asks the last server that was started without variables. */
export function startStory(home: string): Story {
  /** By the addresses that the bundled capability declares, where it listens. */
  let moved: ReadonlyMap<string, string> = new Map()
  /** Of the shell. */
  const set = new Map<string, string>()
  /** The last id of an approval that was told. */
  let approval = ''
  const open: Serving[] = []
  let codes: number[] = []
  const here = (text: string) => [...moved].reduce((t, [from, to]) => t.replaceAll(from, to), text)
  const there = (text: string) => [...moved].reduce((t, [from, to]) => t.replaceAll(to, from), text)

  async function started(words: readonly string[], variables: Variables): Promise<string> {
    const serving = await serve(words, { XDG_STATE_HOME: home })
    open.push(serving)
    if (Object.keys(variables).length === 0) moved = await whereOf(serving.printed)
    return there(serving.printed)
  }

  async function capability(words: readonly string[], variables: Variables): Promise<string> {
    if (words[0] === 'serve') return started(words, variables)
    const environment = { XDG_STATE_HOME: home }
    const meant = words.map((word) => here(word).replace('ap_…', approval))
    const { stdout, stderr, code } = await say(meant, { environment })
    codes.push(code ?? 1)
    // A description that is served names the ports that the capability declares.
    const out = words.includes('--out') ? (words[words.indexOf('--out') + 1] ?? '') : ''
    if (existsSync(out)) writeFileSync(out, here(readFileSync(out, 'utf8')))
    approval = /\bap_\w+/.exec(stdout + stderr)?.[0] ?? approval
    return there(stdout + stderr)
  }

  /** Variables before a command are its own; alone on a line they stay. */
  async function line(text: string): Promise<string> {
    const [, assigned = '', command = ''] = /^((?:[A-Z_]+=\S+(?: |$))*)(.*)$/.exec(text) ?? []
    const own = [...assigned.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value] as const)
    if (command !== '')
      return run(
        command.replace(/\$(\w+)/g, (whole, name) => set.get(name) ?? whole),
        own,
      )
    for (const [name, value] of own) set.set(name, value)
    return ''
  }

  async function run(command: string, own: readonly (readonly [string, string])[]): Promise<string> {
    const [first, ...words] = wordsOf(command)
    const variables = Object.fromEntries(own)
    if (first === 'npx' && words[0] === 'capability')
      return withVariables(variables, () => capability(words.slice(1), variables))
    if (command === 'npm start') return capability(startWords(), {})
    if (command === 'npm install' || command === skillInstall(declared(9091))) return ''
    if (first === 'curl') return curl(words.map(here))
    if (first === 'sed') return execFileSync('sh', ['-c', command], { encoding: 'utf8' })
    throw new Error(`nobody knows how to check "${command}"`)
  }

  return {
    type: async (snippet) => {
      let printed = ''
      codes = []
      for (const text of snippet.split('\n')) printed += await line(text)
      return { printed, codes }
    },
    address: (port) => here(declared(port)),
    close: async () => void (await Promise.all(open.map(({ stop }) => stop()))),
  }
}

/** The environment of this process is that of the command. */
async function withVariables<T>(variables: Variables, run: () => Promise<T>): Promise<T> {
  Object.assign(process.env, variables)
  try {
    return await run()
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name]
  }
}

/** The words of `npm start` behind the program. */
function startWords(): readonly string[] {
  const [, words = ''] = /node dist\/cli\.js (.*)$/.exec(scripts.start ?? '') ?? []
  return words.split(' ')
}

function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, one, two, three]) => one ?? two ?? three ?? '')
}

/** Serves on free ports until it is stopped. Throws with what it said where it ends by itself. */
async function serve(words: readonly string[], environment: Variables): Promise<Serving> {
  const { plan } = await load(words.find((word) => word.endsWith('.yml')) ?? bundledCapability())
  const ports = plan.surfaces.flatMap(({ namespace }) => ['--port', `${namespace}=0`])
  let stopped = () => {}
  const stopping = new Promise<void>((resolve) => {
    stopped = resolve
  })
  let ended: Promise<Ran> | undefined
  const printed = await new Promise<string>((resolve, reject) => {
    ended = say([...words, ...ports], { environment, out: resolve, interrupted: () => stopping })
    void ended.then(({ stderr }) => reject(new Error(stderr)))
  })
  const stop = async () => {
    stopped()
    await ended
  }
  return { printed, stop }
}

/** By the addresses that the bundled capability declares, those that a server of it told. */
async function whereOf(printed: string): Promise<ReadonlyMap<string, string>> {
  const { plan } = await load(bundledCapability())
  return new Map(
    plan.surfaces.flatMap((surface) => {
      const [, found] = new RegExp(`^ +${surface.type} +(http://[\\d.:]+)`, 'm').exec(printed) ?? []
      return found === undefined || !('port' in surface) ? [] : [[declared(surface.port), found] as const]
    }),
  )
}

/** As much of curl as documents use: a method and an address. Throws for an answer that is no success. */
async function curl(words: readonly string[]): Promise<string> {
  const method = words.includes('-X') ? words[words.indexOf('-X') + 1] : 'GET'
  const url = words.find((word) => word.startsWith('http')) ?? ''
  const answer = await fetch(url, { method: method ?? 'GET' })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return answer.text()
}
