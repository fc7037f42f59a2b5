import { STATUS_CODES } from 'node:http'

/** An answer that is not 200. Thrown by operations, turned into a response at the HTTP edge. */
export class Refusal extends Error {
  readonly status: number
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.reason = reason
    this.headers = headers
  }
}

/** The error body of the service: the HTTP reason phrase, the code, and one entry a cause. */
export function refusalBody(status: number, reason: string, message: string): string {
  // assumption: error-body-everywhere
  return JSON.stringify({ message: STATUS_CODES[status] ?? 'Error', code: status, errors: [{ reason, message }] })
}
