import { badRequest, isObject, type JsonObject } from './call.ts'
import { destinations, type ExportFault, exportCauses } from './exports.ts'
import { faultMethods, longestDelay } from './fault-spec.ts'
import { type Fault, type FaultRule, noFaults, type SandboxFaults } from './faults.ts'
import { operationNames } from './routes.ts'

/** Members by name; a trailing `?` marks one that may be left out. */
type Shape = Readonly<Record<string, (value: unknown) => boolean>>

const isFlag = (value: unknown) => typeof value === 'boolean'
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0
const isText = (value: unknown) => typeof value === 'string'
const isHeaderText = (value: unknown) => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)
const isStatus = (value: unknown) => Number.isInteger(value) && (value as number) >= 200 && (value as number) < 600
const isShare = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1
const isDelay = (value: unknown) => isCount(value) && (value as number) <= longestDelay
const isOneOf = (values: Iterable<unknown>) => {
  const known = new Set(values)
  return (value: unknown) => known.has(value)
}

const faultShapes: Readonly<Record<Fault['type'], Shape>> = {
  status: { status: isStatus, 'retryAfter?': (value) => isCount(value) || isHeaderText(value), 'after?': isFlag },
  latency: { ms: isDelay },
  hang: { 'after?': isFlag },
  reset: { 'after?': isFlag },
  empty: { 'status?': isStatus, 'after?': isFlag },
  html: { 'status?': isStatus, 'after?': isFlag },
  truncated: {},
  'reset-body': {},
  echo: { 'status?': isStatus, 'after?': isFlag },
  'content-type': { 'value?': isHeaderText },
}

const isFaultType = isOneOf(Object.keys(faultShapes))

const ruleShape: Shape = {
  fault: isObject,
  'operation?': isOneOf(operationNames),
  'method?': isOneOf(faultMethods),
  'path?': isText,
  'glob?': isText,
  'rate?': isShare,
  'next?': isCount,
}

const exportShape: Shape = {
  cause: isOneOf(exportCauses),
  'destination?': isOneOf(destinations),
  'request_file_id?': isText,
  'next?': isCount,
}

const faultsShape: Shape = {
  'rules?': Array.isArray,
  'exports?': Array.isArray,
  'staleReads?': isCount,
  'seed?': Number.isInteger,
}

function check(place: string, value: unknown, shape: Shape): JsonObject {
  if (!isObject(value)) throw badRequest(`${place} must be an object`)
  for (const [name, isRight] of Object.entries(shape)) {
    const member = value[name.replace('?', '')]
    const isLeftOut = member === undefined && name.endsWith('?')
    if (!isLeftOut && !isRight(member)) throw badRequest(`${place}.${name.replace('?', '')} is missing or wrong`)
  }
  const stray = Object.keys(value).find((name) => !(name in shape) && !(`${name}?` in shape))
  if (stray !== undefined) throw badRequest(`${place}.${stray} is not known`)
  return value
}

function checkRule(value: unknown, index: number): void {
  const { fault } = check(`rules[${index}]`, value, ruleShape)
  const { type, ...members } = fault as JsonObject
  if (!isFaultType(type)) {
    throw badRequest(`rules[${index}].fault.type must be one of ${Object.keys(faultShapes).join(', ')}`)
  }
  check(`rules[${index}].fault`, members, faultShapes[type as Fault['type']])
}

/** Reads the whole set of faults from JSON; what is left out is off. Throws a 400 that names what is wrong. */
export function readFaults(body: unknown): SandboxFaults {
  const { rules = [], exports = [], ...switches } = check('faults', body, faultsShape)
  const [ruleList, exportList] = [rules as unknown[], exports as unknown[]]
  ruleList.forEach(checkRule)
  for (const [index, value] of exportList.entries()) check(`exports[${index}]`, value, exportShape)
  // The checks above are what makes these two casts true.
  return { ...noFaults(), ...switches, rules: ruleList as FaultRule[], exports: exportList as ExportFault[] }
}
