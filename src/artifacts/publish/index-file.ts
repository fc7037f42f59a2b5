/** apis.yml: the APIs.json 0.23 index of a published folder. It lists what the other parts made, so that it can't miss one. */

import type { Plan } from '../../plan.ts'
import { yamlText } from '../../text/yaml.ts'
import { provenancePath } from './digests.ts'
import { declaration, present } from './frame.ts'
import type { Edition, Facts, LinkFacts, Members, Published, Subject, UpstreamFacts } from './publication.ts'

/** The index over the files of all other parts. */
export function indexFile(edition: Edition, files: readonly Published[]): Published {
  const { facts, plan, urls } = edition
  const { slug, name, description, created, modified } = facts.index
  const listed = (of: Subject) => [...listings(files, of), ...linksOf(facts.links ?? [], of)]
  const { name: owner, url, email } = facts.publisher
  const provenance = { type: 'Provenance', url: provenancePath, name: 'Every file, and who made it' }
  const value = {
    aid: slug,
    name,
    type: 'Index',
    position: 'Consuming',
    access: '3rd-Party',
    description,
    url: `${urls.folder}apis.yml`,
    image: `${urls.folder}${iconPath}`,
    tags: plan.capability.tags,
    created,
    modified,
    specificationVersion: '0.23',
    apis: apisOf(edition).map(({ subject, ...api }) => ({ ...api, properties: listed(subject) })),
    common: [...listed('common'), provenance, ...repositoryOf(facts), ...sectionsOf(edition)],
    maintainers: [{ FN: owner, email, url }],
  }
  return { path: 'apis.yml', text: yamlText(value, noteOf(edition)) }
}

const repositoryOf = ({ publisher: { repository } }: Facts): readonly Members[] =>
  repository === undefined ? [] : [{ type: 'SourceCode', url: repository, name: 'Where this is kept' }]

const iconPath = 'images/icon.svg'

function noteOf(edition: Edition): string {
  const { facts, standIns } = edition
  return [
    declaration(edition),
    ...(facts.linksSource === undefined ? [] : [`Links to pages of the provider were found in ${facts.linksSource}`]),
    ...(standIns.some(({ needed }) => needed) ? ['Some addresses are stand-ins: README.md says which.'] : []),
  ].join('\n')
}

/** The API that is called, then the surfaces over it. */
function apisOf({ facts, plan, rest, mcp, urls }: Edition) {
  const { slug, created, modified } = facts.index
  const { title, description, tags } = plan.capability
  const shared = { image: `${urls.folder}${iconPath}`, created, modified, tags }
  const own = (subject: 'rest' | 'mcp', what: string, baseURL: string) => ({
    subject,
    aid: `${slug}:${subject}`,
    name: `${title}, ${what}`,
    description: `${description} Served as ${what} by whoever runs the capability.`,
    ...shared,
    humanURL: `${urls.folder}README.md`,
    baseURL,
  })
  const { upstream } = facts
  return [
    ...(upstream === undefined
      ? []
      : [
          {
            subject: 'upstream' as const,
            aid: `${slug}:upstream`,
            name: upstream.name,
            description: upstream.description,
            ...shared,
            humanURL: upstream.humanURL,
            baseURL: calledAt(plan, upstream) ?? '',
          },
        ]),
    ...(rest === undefined ? [] : [own('rest', 'REST', urls.rest)]),
    ...(mcp === undefined ? [] : [own('mcp', 'MCP', urls.mcp)]),
  ]
}

/** Where the called API is; undefined where that is only known at start and nobody says it. */
export function calledAt({ upstreams }: Plan, { namespace, baseURL }: UpstreamFacts): string | undefined {
  const base = upstreams.find((one) => one.namespace === namespace)?.baseUri
  return baseURL ?? (base?.type === 'literal' ? String(base.value) : undefined)
}

/** What the pages of APIs.io show as sections; `Skills` is a word of their builder only. */
function sectionsOf({ facts, plan, apisIo }: Edition): readonly Members[] {
  const cases = Object.values(facts.workflows ?? {}).map(({ summary, description }) => ({ name: summary, description }))
  const skills = plan.surfaces.flatMap((surface) => (surface.type === 'skill' ? surface.skills : []))
  const shown = skills.map(({ name, description }) => ({ name, description }))
  return [
    ...(cases.length > 0 ? [{ type: 'UseCases', name: 'What it is used for', data: cases }] : []),
    ...(apisIo && shown.length > 0 ? [{ type: 'Skills', name: 'Agent Skills', data: shown }] : []),
  ]
}

function listings(files: readonly Published[], of: Subject): readonly Members[] {
  return files.flatMap(({ path, listed = [] }) =>
    listed
      .filter((listing) => listing.of === of)
      .map(({ type, name, mediaType }) => present({ type, url: encodeURI(path), name, mediaType })),
  )
}

function linksOf(links: readonly LinkFacts[], of: Subject): readonly Members[] {
  return links
    .filter((link) => (link.of ?? 'common') === of)
    .map(({ type, url, name, description }) => present({ type, url, name, description }))
}

/** A picture of our own; no mark of the provider is used. */
export function iconFiles(edition: Edition): readonly Published[] {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="A document that is checked">
  <desc>${markup(declaration(edition))}</desc>
  <path fill="#1f3a5f" d="M12 4h28l12 12v44H12z"/>
  <path fill="#8fb3d9" d="M40 4l12 12H40z"/>
  <path fill="none" stroke="#fff" stroke-width="5" d="M22 38l8 8 14-16"/>
</svg>
`
  return [{ path: iconPath, text }]
}

const markup = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
