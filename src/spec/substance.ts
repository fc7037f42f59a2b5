/** Whether two declarations say the same, whatever they are called in words. */

const words = new Set(['pointer', 'description', 'display', 'label', 'title', 'tags'])

/** Compares values (maps of the document among them) without their descriptions and places. */
export function sameSubstance(a: unknown, b: unknown): boolean {
  return substance(a) === substance(b)
}

function substance(value: unknown): string {
  return JSON.stringify(value, (key, v: unknown) => {
    if (words.has(key) && (typeof v === 'string' || Array.isArray(v))) return undefined
    if (v instanceof Map) return [...v].sort(([x], [y]) => (String(x) < String(y) ? -1 : 1))
    if (typeof v !== 'object' || v === null || Array.isArray(v)) return v
    return Object.fromEntries(Object.entries(v).sort(([x], [y]) => (x < y ? -1 : 1)))
  })
}
