/** RFC 6901 JSON Pointers. */

/** Appends one key to a pointer. */
export function child(pointer: string, key: string | number): string {
  const text = String(key)
  return `${pointer}/${/[~/]/.test(text) ? text.replaceAll('~', '~0').replaceAll('/', '~1') : text}`
}

/** The keys of a pointer, unescaped. */
export function pointerKeys(pointer: string): readonly string[] {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}
