/** The Skills extension of the official SDK over what we offer (SEP-2640). Loaded only where there are skills. */

import { McpServer, ProtocolError, type Server, type ServerOptions } from '@modelcontextprotocol/server'
import { type Skill, type SkillSource, SkillsExtension, skillEntry } from '@modelcontextprotocol/server/ext/skills'
import type { Identity } from './identity.ts'
import type { Offer } from './offer.ts'
import { type Page, type Pages, paged } from './pages.ts'
import { childrenOf, type OfferedSkill, skillFile } from './skills.ts'

/** A server that answers `skills/list`, `skills/get` and `resources/directory/read`; the rest is for the caller to set. */
export function skilledServer(identity: Identity, options: ServerOptions, now: () => Offer): Server {
  const mcp = new McpServer(identity, options)
  new SkillsExtension({ source: sourceOf(now), cacheHint: now().hint }).attach(mcp)
  return mcp.server
}

/** Sessions outlive a reload, so each request asks what is offered now. */
function sourceOf(now: () => Offer): SkillSource {
  return {
    list: async ({ cursor }) => {
      const { items, nextCursor } = pageAt((await catalogOf(now().skills)).pages, cursor)
      return { skills: [...items], ...(nextCursor === undefined ? {} : { nextCursor }) }
    },
    get: async (uri) => {
      const entry = (await catalogOf(now().skills)).entries.get(uri)
      if (entry instanceof Error) throw new ProtocolError(-32603, entry.message)
      return entry
    },
    // Never asked: server.ts answers resources/read for files of every kind.
    read: async () => undefined,
    readDirectory: async (uri, { cursor }) => {
      const children = childrenOf(uri, now().skills)
      if (children === undefined) return undefined
      const { items, nextCursor } = pageAt(paged(children), cursor)
      return { resources: [...items], ...(nextCursor === undefined ? {} : { nextCursor }) }
    },
  }
}

function pageAt<T>(pages: Pages<T>, cursor: string | undefined): Page<T> {
  const page = pages(cursor)
  if (page === undefined) throw new ProtocolError(-32602, 'There is no such page. Ask for the list from its beginning.')
  return page
}

interface Catalog {
  /** By the URI of the SKILL.md; an Error for one that the SDK can't read, which is not listed. */
  readonly entries: ReadonlyMap<string, Skill | Error>
  readonly pages: Pages<Skill>
}

const catalogs = new WeakMap<readonly OfferedSkill[], Promise<Catalog>>()

/** What is told of skills, made once for all servers: files are hashed, and front matter is read. */
export function catalogOf(skills: readonly OfferedSkill[]): Promise<Catalog> {
  const catalog = catalogs.get(skills) ?? createCatalog(skills)
  catalogs.set(skills, catalog)
  return catalog
}

async function createCatalog(skills: readonly OfferedSkill[]): Promise<Catalog> {
  const pairs = await Promise.all(
    skills.map(async (skill) => [`${skill.root}/${skillFile}`, await entryOf(skill)] as const),
  )
  return {
    entries: new Map(pairs),
    pages: paged(pairs.flatMap(([, entry]) => (entry instanceof Error ? [] : [entry]))),
  }
}

function entryOf({ root, files }: OfferedSkill): Promise<Skill | Error> {
  const bytes = Object.fromEntries([...files].map(([path, file]) => [path, file.bytes]))
  return skillEntry(root.slice('skill://'.length), bytes).catch((error: Error) => error)
}
