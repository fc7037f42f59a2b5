/** Text from a path, a query, a header or a command line as a value of a declared type. */

const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** The value that `text` means as a `type`. A text that is none of that type stays text, for the validator to refuse. */
export function coerce(type: unknown, text: string): unknown {
  switch (type) {
    case 'integer':
    case 'number':
      return number.test(text) ? Number(text) : text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    case 'array':
    case 'object':
      return json(text) ?? text
    default:
      return text
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
