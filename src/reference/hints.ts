/** What the author of a capability is told of a fault, before anybody knows the names in it. */

/** Stands for whatever a fault names: `<name>` in a text, and a list of it. */
type Named = Readonly<Record<string, unknown>>

/**
 * The texts that a function of the catalogue can make, `<x>` for each name `x` that it is given: with all of them, then
 * with each left out that may be. Total: a way that it can't be asked is no text.
 */
export function textsOf(say: (args: never) => string | undefined): readonly string[] {
  const asked = new Set<string>()
  const whole = said(say, standIn(asked, undefined))
  const ways = [whole, ...[...asked].map((left) => said(say, standIn(asked, left)))]
  return [
    ...new Set(
      ways.filter((text): text is string => text !== undefined && !text.includes('undefined') && !/^<\w+>$/.test(text)),
    ),
  ]
}

function said(say: (args: never) => string | undefined, args: Named): string | undefined {
  try {
    return say(args as never)
  } catch {
    return undefined
  }
}

/** Arguments that are there whatever they are called, but for one. */
function standIn(asked: Set<string>, left: string | undefined): Named {
  return new Proxy<Named>(
    {},
    {
      get: (_, name) => {
        if (typeof name === 'string') asked.add(name)
        return name === left ? undefined : placeholder(String(name))
      },
    },
  )
}

function placeholder(name: string): readonly string[] {
  return [`<${name}>`]
}
