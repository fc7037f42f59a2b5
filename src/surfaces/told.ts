/** Headers that are decided before an answer is: they go with whatever it will be. */

import type { ServerResponse } from 'node:http'

const key: unique symbol = Symbol('told headers')

type Telling = ServerResponse & { [key]?: string[] }

/** Starts a list of them, names and values, flat; `send` and its like write it. */
export function startTelling(res: Telling, headers: string[]) {
  res[key] = headers
}

/** Undefined where no list was started. */
export function told(res: Telling): readonly string[] | undefined {
  return res[key]
}

/** Adds one. Where no list was started the answer may be written by somebody else, whom node tells. */
export function tell(res: Telling, name: string, value: string) {
  const list = res[key]
  if (list === undefined) res.setHeader(name, value)
  else list.push(name, value)
}
