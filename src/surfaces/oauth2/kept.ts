/** Something fetched from elsewhere and kept: fresh for a while, usable for longer, never given up for good. */

export interface Kept<T> {
  /** The value. Rejects with what `fault` makes while there is none. */
  readonly get: () => Promise<T>
  /** Another value than this one where fetching again is not too soon, else the same. */
  readonly newer: (than: T) => Promise<T>
}

/** In milliseconds. */
export interface KeptTimes {
  /** As long nothing is fetched. */
  readonly fresh: number
  /** As long a value is used that can't be fetched again. */
  readonly usable: number
  /** Between two fetches that `newer` asks for. */
  readonly pause: number
}

interface Held<T> {
  readonly value: T
  readonly at: number
}

/** Fetches by one request at a time; after failures with pauses of 1, 2, 4 … 60 seconds. `now` in milliseconds. */
export function kept<T>(
  fetch: () => Promise<T>,
  fault: (retryAfterSeconds: number, cause: unknown) => Error,
  times: KeptTimes,
  now: () => number,
): Kept<T> {
  let held: Held<T> | undefined
  let fetching: Promise<T> | undefined
  let failures = 0
  let notBefore = Number.NEGATIVE_INFINITY
  let why: unknown
  const fetched = (value: T) => {
    held = { value, at: now() }
    failures = 0
    return value
  }
  const failed = (error: unknown) => {
    notBefore = now() + Math.min(60_000, 1000 * 2 ** failures)
    failures += 1
    why = error
    throw refused()
  }
  const refused = () => fault(Math.max(1, Math.ceil((notBefore - now()) / 1000)), why)
  const again = () => {
    if (fetching === undefined && now() < notBefore) return Promise.reject(refused())
    fetching ??= fetch()
      .then(fetched, failed)
      .finally(() => {
        fetching = undefined
      })
    return fetching
  }
  const age = () => (held === undefined ? Number.POSITIVE_INFINITY : now() - held.at)
  return {
    get: async () => {
      if (held === undefined || age() >= times.usable) return again()
      // Nobody waits for what is only good to have.
      if (age() >= times.fresh) again().catch(() => {})
      return held.value
    },
    newer: async (than) => {
      if (held !== undefined && held.value !== than) return held.value
      return age() < times.pause ? than : again().catch(() => than)
    },
  }
}
