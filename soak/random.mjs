/** Random numbers that a seed makes again (mulberry32). Who calls first gets the first number, so a run is alike, not equal. */

export function randomOf(seed) {
  let state = seed >>> 0
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n) => Math.floor(unit() * n)
  return { unit, below, chance: (share) => unit() < share, pick: (list) => list[below(list.length)] }
}
