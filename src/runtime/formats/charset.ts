/** The text of an answer: decoded as its Content-Type says, else as the text itself says, else as UTF-8. */

/** Throws for a charset that is not known. `own` finds the charset inside a text that names one itself. */
export function decode(bytes: Buffer, contentType: string | undefined, own?: RegExp): string {
  const declared = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1]
  const charset = declared ?? own?.exec(bytes.toString('latin1', 0, 1024))?.[1] ?? 'utf-8'
  return new TextDecoder(charset).decode(bytes)
}

export const xmlDeclaration = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)["']/
export const htmlMeta = /<meta[^>]*?charset\s*=\s*["']?([^\s"'/>;]+)/i
