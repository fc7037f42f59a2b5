/** Faults written as the text that `readFaultSpec` reads. */

import type { FaultSpec } from './fault-spec.ts'
import type { Fault, FaultRule } from './faults.ts'

function kindText(fault: Fault): string {
  switch (fault.type) {
    case 'status':
      return fault.retryAfter === undefined ? `${fault.status}` : `${fault.status} retry-after=${fault.retryAfter}`
    case 'latency':
      return `slow=${fault.ms}ms`
    case 'empty':
    case 'html':
    case 'echo':
      return fault.status === undefined ? fault.type : `${fault.type}=${fault.status}`
    case 'content-type':
      return fault.value === undefined ? fault.type : `${fault.type}=${fault.value}`
    default:
      return fault.type
  }
}

function faultText(fault: Fault): string {
  const after = 'after' in fault ? fault.after : undefined
  return after === undefined ? kindText(fault) : `${kindText(fault)} ${after ? 'after' : 'before'} effect`
}

function ruleText({ fault, operation, method, path, glob, rate, next }: FaultRule): string {
  const route = [operation, method, glob ?? (path === undefined ? undefined : `**${path}**`)]
  const on = route.filter((part) => part !== undefined)
  return [
    ...(next === undefined ? [] : [`first ${next}`]),
    // A share such as 0.07 times 100 is not quite 7.
    ...(rate === undefined ? [] : [`${Number((rate * 100).toPrecision(12))}%`]),
    faultText(fault),
    ...(on.length === 0 ? [] : ['on', ...on]),
  ].join(' ')
}

/** The text of faults, one line; empty for none. Export faults and stale reads have no text form and are left out. */
export function faultSpecText({ rules, seed }: FaultSpec): string {
  return [...rules.map(ruleText), ...(seed === undefined ? [] : [`seed=${seed}`])].join(', ')
}
