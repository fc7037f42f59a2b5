/** Which control surface is meant, and who asks: flags, then the environment, then what a capability file declares. */

import { bundledCapability, load, StartError } from '../../index.ts'

/** Options of every command that asks a control surface. */
export interface TargetFlags {
  readonly control?: string
  readonly port?: number
  readonly address?: string
  readonly file?: string
  readonly user?: string
  readonly token?: string
  readonly apiKey?: string
}

export interface Target {
  /** Without a slash at its end. */
  readonly url: string
  /** The credential, which is never shown. */
  readonly headers: Readonly<Record<string, string>>
}

type Environment = Readonly<Record<string, string | undefined>>

/** Throws StartError for an address or a credential that is none, CapabilityError for a file that can't run. */
export async function targetOf(flags: TargetFlags, environment: Environment): Promise<Target> {
  return { url: await urlOf(flags, environment), headers: credentialOf(flags, environment) }
}

async function urlOf(flags: TargetFlags, environment: Environment): Promise<string> {
  if (flags.control !== undefined) return checkedUrl(flags.control, '--control')
  const isPointed = flags.port !== undefined || flags.address !== undefined || flags.file !== undefined
  const variable = 'CAPABILITY_CONTROL_URL'
  if (!isPointed && isSet(environment[variable])) return checkedUrl(environment[variable], variable)
  const own = flags.file === undefined ? {} : await declaredIn(flags.file)
  const port = flags.port ?? own.port ?? portOf(environment.IKANOS_CONTROL_PORT)
  const address = flags.address ?? own.address ?? blankless(environment.IKANOS_CONTROL_ADDRESS)
  const bundled: Declared = port === undefined ? await declaredIn(bundledCapability()).catch(() => ({})) : {}
  return checkedUrl(
    `http://${hostOf(address ?? bundled.address ?? '127.0.0.1')}:${port ?? bundled.port ?? 9092}`,
    address === undefined ? 'the control surface' : '--address or IKANOS_CONTROL_ADDRESS',
  )
}

interface Declared {
  readonly port?: number
  readonly address?: string
}

async function declaredIn(file: string): Promise<Declared> {
  const { plan } = await load(file, { allowUnsupported: true })
  const surface = plan.surfaces.find(({ type }) => type === 'control')
  if (surface === undefined)
    throw new StartError(
      `${file} has no control surface; it needs { type: control, port: 9092 } under exposes, or say where one listens with --control <url>`,
    )
  const { port, address } = surface
  if (port === 0) throw new StartError(`${file} takes any free port; say which one it got with --port <n>`)
  return { port, address }
}

const isSet = (text: string | undefined): text is string => text !== undefined && text !== ''
const blankless = (text: string | undefined) => (isSet(text) ? text : undefined)

function portOf(text: string | undefined): number | undefined {
  if (!isSet(text)) return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new StartError('IKANOS_CONTROL_PORT is no port, a number from 1 to 65535')
}

/** An address that stands for all of them is reached on this machine as the nearest of them. */
function hostOf(address: string): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1'
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
}

/** What is refused is not repeated where it may hold a password. */
function checkedUrl(text: string, from: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    throw new StartError(`${from} is no http(s) address; write it as http://127.0.0.1:9092`)
  const { username, password, origin, pathname, search, hash } = new URL(text)
  if (username !== '' || password !== '')
    throw new StartError(`${from} holds a credential; give it with --user, or with CAPABILITY_CONTROL_USER`)
  if (search !== '' || hash !== '') throw new StartError(`${from} ends with a query or a fragment; leave it out`)
  return `${origin}${pathname}`.replace(/\/+$/, '')
}

interface Credential {
  readonly flag: string
  readonly variable: string
  readonly given: (flags: TargetFlags) => string | undefined
  /** The header, or undefined when the text is not of its form. */
  readonly header: (text: string) => readonly [name: string, value: string] | undefined
  readonly form: string
}

const credentials: readonly Credential[] = [
  {
    flag: '--user',
    variable: 'CAPABILITY_CONTROL_USER',
    given: ({ user }) => user,
    header: (text) =>
      text.includes(':') ? ['authorization', `Basic ${Buffer.from(text).toString('base64')}`] : undefined,
    form: 'name:password',
  },
  {
    flag: '--token',
    variable: 'CAPABILITY_CONTROL_TOKEN',
    given: ({ token }) => token,
    header: (text) => (/^[\x21-\x7e]+$/.test(text) ? ['authorization', `Bearer ${text}`] : undefined),
    form: 'a token, in ASCII without blanks',
  },
  {
    flag: '--api-key',
    variable: 'CAPABILITY_CONTROL_API_KEY',
    given: ({ apiKey }) => apiKey,
    header: (text) => {
      const [, name, value] = /^([\w!#$%&'*+.^`|~-]+)=([\x20-\x7e]+)$/.exec(text) ?? []
      return name === undefined || value === undefined ? undefined : [name, value]
    },
    form: 'name=value, with the name of a header',
  },
]

function credentialOf(flags: TargetFlags, environment: Environment): Readonly<Record<string, string>> {
  const asFlags = credentials.map((one) => ({ ...one, source: one.flag, text: one.given(flags) }))
  const asVariables = credentials.map((one) => ({ ...one, source: one.variable, text: environment[one.variable] }))
  const given = asFlags.filter(({ text }) => text !== undefined)
  const [first, second] = given.length > 0 ? given : asVariables.filter(({ text }) => isSet(text))
  if (first === undefined) return {}
  if (second !== undefined)
    throw new StartError(`${first.source} and ${second.source} are both given; leave out the one it does not take`)
  const header = first.header(first.text ?? '')
  if (header === undefined) throw new StartError(`${first.source} is ${first.form}`)
  return Object.fromEntries([header])
}
