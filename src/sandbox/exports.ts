import { type Destination, type ExportCause, type FileState, type PageRecord, textOf } from './record.ts'

/** When a block exports a file. Approving can therefore export; unapproving does not pull a row back. */
export type ExportTrigger = 'On Inference' | 'On All Validations Passing' | 'On Approval'

/** One configured export of a model. */
export interface ExportBlock {
  readonly destination: Destination
  readonly trigger: ExportTrigger
  /** Fields that make a row's primary key at the destination. */
  readonly key: readonly string[]
  /** Mapped fields; each must be filled. */
  readonly columns: readonly string[]
  /** Values that the destination accepts for a field. */
  readonly picklists?: Readonly<Record<string, readonly string[]>>
}

/** One row at a destination. */
export interface ExportRow {
  readonly destination: Destination
  /** Position at the destination, from 1. */
  readonly row: number
  readonly key: string
  readonly model_id: string
  readonly request_file_id: string
  /** How often this row has been written; above 1 only where the destination upserts. */
  readonly writes: number
  readonly exported_at: string
  readonly values: Readonly<Record<string, string>>
}

/** Makes exports fail. Fields left out match everything. */
export interface ExportFault {
  readonly cause: ExportCause
  readonly destination?: Destination
  readonly request_file_id?: string
  /** Fails this many more attempts, counting down; without it, every attempt. */
  next?: number
}

/** The downstream systems: their rows, and the failures that belong to the documents themselves. */
export interface ExportDesk {
  readonly rows: Map<Destination, ExportRow[]>
  readonly documentFaults: ExportFault[]
}

/**
 * What a destination does with a key it already has. `upsert` rewrites the row, `append` adds another one (a repeated
 * export shows as a duplicate), `refuse` rewrites the file's own row but refuses another file with the same key.
 */
// assumption: destination-repeat-behaviour
const onRepeat: Readonly<Record<Destination, 'upsert' | 'append' | 'refuse'>> = {
  Salesforce: 'upsert',
  Xero: 'upsert',
  QuickBooks: 'refuse',
  'Google Sheets': 'append',
  SAP: 'append',
}

/** Every destination, in a fixed order. */
export const destinations = Object.keys(onRepeat) as readonly Destination[]

/** Every cause of a failed export. */
// assumption: export-causes
export const exportCauses: readonly ExportCause[] = ['auth-expired', 'mapping-error', 'throttled', 'duplicate']

function injectedCause(faults: readonly ExportFault[], file: FileState, to: Destination): ExportCause | undefined {
  for (const fault of faults) {
    if (fault.destination !== undefined && fault.destination !== to) continue
    if (fault.request_file_id !== undefined && fault.request_file_id !== file.request_file_id) continue
    if (fault.next === undefined) return fault.cause
    if (fault.next <= 0) continue
    fault.next -= 1
    return fault.cause
  }
  return undefined
}

function isMapped(file: FileState, block: ExportBlock): boolean {
  return block.columns.every((label) => {
    const text = textOf(file, label)
    return text !== '' && (block.picklists?.[label]?.includes(text) ?? true)
  })
}

function write(desk: ExportDesk, file: FileState, block: ExportBlock, at: string): 'success' | 'duplicate' {
  const rows = desk.rows.get(block.destination) ?? []
  desk.rows.set(block.destination, rows)
  const key = block.key.map((label) => textOf(file, label)).join(' | ')
  const repeat = onRepeat[block.destination]
  const existing = repeat === 'append' ? undefined : rows.find((row) => row.key === key)
  if (repeat === 'refuse' && existing !== undefined && existing.request_file_id !== file.request_file_id) {
    return 'duplicate'
  }
  const row: ExportRow = {
    destination: block.destination,
    row: existing?.row ?? rows.length + 1,
    key,
    model_id: file.model_id,
    request_file_id: file.request_file_id,
    writes: (existing?.writes ?? 0) + 1,
    exported_at: at,
    values: Object.fromEntries(block.columns.map((label) => [label, textOf(file, label)])),
  }
  rows[row.row - 1] = row
  return 'success'
}

/** Runs export blocks for a file, in order, and records how each ended. */
export function runBlocks(
  desk: ExportDesk,
  faults: readonly ExportFault[],
  file: FileState,
  blocks: readonly ExportBlock[],
  at: string,
): FileState {
  const exports = { ...file.exports }
  for (const block of blocks) {
    const injected =
      injectedCause(faults, file, block.destination) ?? injectedCause(desk.documentFaults, file, block.destination)
    exports[block.destination] = injected ?? (isMapped(file, block) ? write(desk, file, block, at) : 'mapping-error')
  }
  return { ...file, exports }
}

/** The one export state that a page shows, whatever the number of destinations. */
export function exportStatus(file: FileState): PageRecord['export_status'] {
  // assumption: export-status-values
  const outcomes = Object.values(file.exports)
  if (outcomes.length === 0) return ''
  return outcomes.every((outcome) => outcome === 'success') ? 'success' : 'failed'
}
