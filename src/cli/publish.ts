/** `capability publish`: writes a folder that a catalogue of APIs can take as it is. */

import { type Command, InvalidArgumentError } from 'commander'
import { shownBytes } from '../artifacts/publish/capabilities.ts'
import { bundledCapability, load, type PublishOptions, publish, several, type Updated, updateFolder } from '../index.ts'
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
    .option('--served-at <url>', 'where the surfaces can be reached (default: the machine that runs them)', webAddress)
    .option('--openapi <file>', 'the OpenAPI description of the called API, to be published untouched')
    .option('--force', 'write over files that were changed by hand or are not of an earlier publish')
    .option('--apis-io', 'write the property of a capability as the builder of APIs.io counts it')
    .action((file: string | undefined, flags: PublishFlags) => runPublish(file, flags, terminal))
}

async function runPublish(file: string | undefined, flags: PublishFlags, { out, note }: Terminal) {
  const files = await publish(await load(file ?? bundledCapability()), flags)
  const updated = await updateFolder(files, flags.out, flags)
  if (flags.openapi === undefined) note('without --openapi the description of the called API is only referred to\n')
  for (const { path, text } of files)
    if (/^capabilities\/[^/]+\.yaml$/.test(path) && Buffer.byteLength(text) > shownBytes)
      note(`${path} is over ${shownBytes} bytes, and APIs.io shows no more of a file\n`)
  if (files.some(({ path, text }) => path === 'apis.yml' && standIn.test(text)))
    note('addresses in example.org are stand-ins: name yours in the publication file, or with --base-url\n')
  tell(updated, { out, note })
  const { length } = updated.written
  out(`wrote ${length === files.length ? '' : `${length} of `}${files.length} files to ${flags.out}\n`)
}

function tell({ overwritten, removed, kept }: Updated, { out, note }: Pick<Terminal, 'out' | 'note'>) {
  if (overwritten.length > 0) note(`wrote over what was changed by hand or by others: ${several(overwritten)}\n`)
  if (kept.length > 0) note(`published no more, but kept, since it was changed by hand: ${several(kept)}\n`)
  if (removed.length > 0) out(`removed what is published no more: ${several(removed)}\n`)
}

/** RFC 2606. */
const standIn = /\bexample\.(org|com|net)\b/

function webAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError('Write it as https://….')
  return text.replace(/\/$/, '')
}
