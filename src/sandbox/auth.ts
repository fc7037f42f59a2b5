/**
 * Whether a request names an API key: `Authorization: Basic base64("KEY:")`, the key as user name, the password empty.
 * The key itself is kept nowhere.
 */
export function isAuthorized(authorization: string | undefined): boolean {
  // assumption: any-key-is-accepted, raw-key-is-refused
  if (authorization === undefined || !/^basic /i.test(authorization)) return false
  const credentials = Buffer.from(authorization.slice(6), 'base64').toString('utf8')
  const colon = credentials.indexOf(':')
  // A bind for the password has no value here but the one that stands in for every bind.
  const password = credentials.slice(colon + 1)
  return colon > 0 && (password === '' || password === 'sandbox') && credentials !== 'invalid:'
}
