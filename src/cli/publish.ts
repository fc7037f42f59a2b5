/** `capability publish`: writes a folder that a catalogue of APIs can take as it is. */

import { type Command, InvalidArgumentError } from 'commander'
import { bundledCapability, load, type PublishOptions, publish, type Updated, updateFolder } from '../index.ts'
import { several } from '../text/several.ts'
import type { Terminal } from './terminal.ts'

interface PublishFlags extends PublishOptions {
  readonly out: string
  readonly force?: boolean
}

export function addPublish(program: Command, terminal: Terminal) {
  program
    .command('publish')
    .description('write a folder for APIs.io: an APIs.json index and every artifact it lists')
    .argument('[file]', 'capability file, with its <name>.publish.yml beside (default: the bundled one)')
    .option('--out <dir>', 'where to write it', 'published')
    .option('--base-url <url>', 'where the folder will be read (default: the page of its publisher)', webAddress)
    .option('--contact <email>', 'who answers for the folder (default: as its publication file says)', emailAddress)
    .option('--repository <url>', 'where what is published is kept', webAddress)
    .option('--registry-name <name>', 'name in the MCP Registry, e.g. io.github.you/files', registryName)
    .option('--served-at <url>', 'where the surfaces can be reached (default: the machine that runs them)', webAddress)
    .option('--openapi <file>', 'the OpenAPI description of the called API, to be published untouched')
    .option('--force', 'write over files that were changed by hand or are not of an earlier publish')
    .option('--allow-long', 'publish a capability of which APIs.io shows the first 32 KB only')
    .option('--apis-io', 'write the property of a capability as the builder of APIs.io counts it')
    .action((file: string | undefined, flags: PublishFlags) => runPublish(file, flags, terminal))
}

async function runPublish(file: string | undefined, flags: PublishFlags, { out, note }: Terminal) {
  const { files, standIns } = await publish(await load(file ?? bundledCapability()), flags)
  const updated = await updateFolder(files, flags.out, flags)
  tell(updated, { out, note })
  const { length } = updated.written
  out(`wrote ${length === files.length ? '' : `${length} of `}${files.length} files to ${flags.out}\n`)
  const told = (needed: boolean) => standIns.flatMap((one) => (one.needed === needed ? [`- ${one.says}\n`] : []))
  if (told(true).length > 0) note(`before it is pushed, publish it again with what is missing:\n${told(true).join('')}`)
  if (told(false).length > 0) note(`it tells more when more is given:\n${told(false).join('')}`)
}

function tell({ overwritten, removed, kept }: Updated, { out, note }: Pick<Terminal, 'out' | 'note'>) {
  if (overwritten.length > 0) note(`wrote over what was changed by hand or by others: ${several(overwritten)}\n`)
  if (kept.length > 0) note(`published no more, but kept, since it was changed by hand: ${several(kept)}\n`)
  if (removed.length > 0) out(`removed what is published no more: ${several(removed)}\n`)
}

function emailAddress(text: string): string {
  if (!/^[^@\s]+@[^@\s]+$/.test(text)) throw new InvalidArgumentError('Write it as name@host.')
  return text
}

function registryName(text: string): string {
  if (!/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/.test(text))
    throw new InvalidArgumentError('Write a domain the other way round, a slash and a name, e.g. io.github.you/files.')
  return text
}

function webAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError('Write it as https://….')
  return text.replace(/\/$/, '')
}
