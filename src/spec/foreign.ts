/** Files that are something else: told in one sentence instead of a hundred schema errors. */

/** What a value is when it is no capability document, else undefined. */
export function foreignShape(value: unknown): string | undefined {
  if (value === null || value === undefined) return 'the file is empty'
  if (typeof value !== 'object' || Array.isArray(value))
    return `the file holds ${Array.isArray(value) ? 'a list' : 'a plain value'}`
  const root = value as Record<string, unknown>
  const sections = ['capability', 'consumes', 'exposes', 'aggregates', 'binds'].filter((key) => key in root)
  const versioned = 'ikanos' in root || 'naftiko' in root
  if (versioned && sections.length > 0) return otherShape(root.capability)
  if (typeof root.kind === 'string') return `its shape is "kind: ${root.kind}"`
  if (typeof root.openapi === 'string' || typeof root.swagger === 'string') return 'it is an OpenAPI description'
  if (typeof root.asyncapi === 'string') return 'it is an AsyncAPI description'
  if (typeof root.arazzo === 'string') return 'it is an Arazzo description'
  if (!versioned && sections.length > 0) return 'it does not say its format version'
  const keys = Object.keys(root).slice(0, 5).join(', ')
  return versioned ? 'it has no "capability" section' : `its keys are ${keys}`
}

/** A "capability" section of another design: tools beside the surfaces, APIs that stand in files it points at. */
function otherShape(capability: unknown): string | undefined {
  if (typeof capability !== 'object' || capability === null) return undefined
  const known = ['binds', 'consumes', 'aggregates', 'exposes']
  const strangers = Object.keys(capability).filter((key) => !known.includes(key))
  if (strangers.includes('tools') || strangers.includes('workflow') || strangers.includes('operations'))
    return `its "capability" section has ${strangers.map((key) => `"${key}"`).join(', ')} beside what it consumes and exposes`
  return undefined
}
