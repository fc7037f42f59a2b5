/** What tests use of a package that comes without types. */
declare module 'jsonld' {
  const jsonld: { readonly expand: (document: object) => Promise<readonly Readonly<Record<string, unknown>>[]> }
  export default jsonld
}
