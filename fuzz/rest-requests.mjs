/** Requests to a route of a REST surface. */

import fc from 'fast-check'
import { bodyOf, encoded, fitting, junkText, junkValue, mostly, someHeaders, strayMethod } from './junk.mjs'

/** `{ method, path, headers, body }`, each parameter in its place, mostly. `examples` = values that are known there, by name. */
export function restRequest(route, examples) {
  const { properties = {} } = route.schema
  const given = (place) =>
    fc.tuple(
      ...route.parameters
        .filter((one) => one.in === place)
        .map(({ key, name }) => {
          const value = mostly(fitting(properties[name], name, examples), junkValue)
          return place === 'path'
            ? value.map((one) => [key, one])
            : fc.option(value, { freq: 4 }).map((one) => [key, one ?? undefined])
        }),
    )
  const body = fc.record(
    Object.fromEntries(
      route.parameters
        .filter((one) => one.in === 'body')
        .map(({ key, name }) => [key, mostly(fitting(properties[name], name, examples), junkValue)]),
    ),
    { requiredKeys: [] },
  )
  const hasBody = route.parameters.some((one) => one.in === 'body')
  const bodies = hasBody
    ? bodyOf(fc.oneof({ weight: 9, arbitrary: body }, { weight: 1, arbitrary: junkValue }))
    : fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: bodyOf(junkValue) })
  const stray = mostly(fc.constant(null), fc.tuple(junkText, junkText))
  return fc
    .tuple(
      given('path'),
      given('query'),
      given('header'),
      given('cookie'),
      bodies,
      someHeaders,
      strayMethod(route.method),
      stray,
      junkText,
      fc.nat(40),
    )
    .map(([inPath, inQuery, inHeaders, inCookies, text, more, method, odd, tail, isTailed]) => {
      const path = inPath.reduce((now, [key, value]) => now.replaceAll(`{${key}}`, encoded(value)), route.path)
      const pairs = [...inQuery.filter(([, value]) => value !== undefined), ...(odd === null ? [] : [odd])]
      const query = pairs.map(([key, value]) => `${encoded(key)}=${encoded(value)}`).join('&')
      const headers = { ...(text === '' ? {} : { 'content-type': 'application/json' }) }
      for (const [key, value] of inHeaders) if (value !== undefined) headers[key.toLowerCase()] = String(value)
      const cookie = inCookies
        .flatMap(([key, value]) => (value === undefined ? [] : `${key}=${encoded(value)}`))
        .join('; ')
      if (cookie !== '') headers.cookie = cookie
      const target = `${path}${isTailed === 0 ? tail : ''}${query === '' ? '' : `?${query}`}`
      return { method, path: target, headers: { ...headers, ...more }, body: text }
    })
}
