/** An upstream that repeats our credential in a good answer: it is masked, since that answer goes to whoever called. */

import type { Credentials } from './auth.ts'
import type { UpstreamAnswer } from './message.ts'
import { escaped, masker, Secret } from './secret.ts'

/** Shorter credentials are words that may stand in any answer. */
const shortest = 8
/** What could be a number of a document is not looked for, or its mask would be no JSON. */
const numeric = /^[\d.eE+-]*$/

/**
 * Masks the credential of an upstream in the text of an answer. Other binds are left: an account or a region is data
 * there. Nearly every answer costs one search a credential; one that holds none is passed on as it is.
 */
export function withoutEcho(credentials: Credentials, issued: () => readonly string[] = () => []) {
  const fixed = secretsOf(credentials).filter(isSought).map(escaped)
  return (answer: UpstreamAnswer): UpstreamAnswer => {
    const { text } = answer
    const tokens = issued()
    if (!fixed.some((one) => text.includes(one)) && !tokens.some((one) => isSought(one) && text.includes(one)))
      return answer
    const secrets = [...secretsOf(credentials), ...tokens].filter(isSought).map((one) => new Secret(one))
    return { ...answer, text: masker(secrets)(text) }
  }
}

/** A credential as it was given and as it travels, which is how an upstream would echo it. */
export function secretsOf({ headers, secrets = [] }: Credentials): readonly string[] {
  const sent = headers.filter((_, i) => i % 2 === 1).map((value) => value.replace(/^(Basic|Bearer) /, ''))
  return [...sent, ...secrets]
}

const isSought = (secret: string) => secret.length >= shortest && !numeric.test(secret)
