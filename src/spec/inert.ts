/**
 * Keywords that are held against the format and change nothing of what is served, by unit of the grammar: they are for
 * readers of the file. `test/reference/keywords.test.ts` takes each out and compares the plans.
 */
export const inertKeywords: Readonly<Record<string, readonly string[]>> = {
  info: ['created', 'modified', 'stakeholders'],
  person: ['role', 'fullName', 'email'],
  import: ['description'],
  binding: ['description'],
  consumes: ['description', 'tunnel'],
  tunnel: ['type', 'service', 'identity', 'fallback'],
  consumedResource: ['display', 'tags', 'description'],
  consumedOperation: ['display', 'tags'],
  aggregate: ['display'],
  flow: ['tags', 'outputMediaType'],
  exposedResource: ['display', 'tags', 'description'],
  exposedOperation: ['tags'],
  tool: ['tags'],
}
