/** Random numbers in [0, 1). */
export type Random = () => number

/** A reproducible stream of random numbers (mulberry32): the same seed gives the same documents and the same ids. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

function hex(random: Random, digits: number): string {
  let text = ''
  for (let i = 0; i < digits; i++) text += Math.floor(random() * 16).toString(16)
  return text
}

function variant(random: Random): string {
  return (8 + Math.floor(random() * 4)).toString(16)
}

/** A UUIDv4, the kind that names a file, a box, a label or a model. */
export function uuid4(random: Random): string {
  return `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-${variant(random)}${hex(random, 3)}-${hex(random, 12)}`
}

/** Milliseconds from the start of the Gregorian calendar, where UUIDv1 counts from, to 1970-01-01. */
const gregorianOffset = 12_219_292_800_000n
const node = '6ad1c04b93e7'

/** A UUIDv1 of a moment (milliseconds since 1970), the kind that names a page and stands for a time in `verified_at`. */
export function uuid1(time: number, random: Random): string {
  const ticks = (BigInt(time) + gregorianOffset) * 10_000n + BigInt(Math.floor(random() * 10_000))
  const digits = ticks.toString(16).padStart(15, '0')
  const [high, middle, low] = [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)]
  return `${low}-${middle}-1${high}-${variant(random)}${hex(random, 3)}-${node}`
}

/** The moment (milliseconds since 1970) that a UUIDv1 stands for. */
export function timeOfUuid1(id: string): number {
  const [low = '', middle = '', high = ''] = id.split('-')
  return Number(BigInt(`0x${high.slice(1)}${middle}${low}`) / 10_000n - gregorianOffset)
}

/** Stands in `current_stage_id` where no review stage applies. */
export const noStage = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
