/** A cell of a table box. `row` and `col` count from 1. */
export interface Cell {
  readonly id: string
  readonly row: number
  readonly col: number
  readonly row_span: number
  readonly col_span: number
  readonly label: string
  readonly xmin: number
  readonly ymin: number
  readonly xmax: number
  readonly ymax: number
  readonly score: number
  readonly text: string
  readonly row_label: string
  readonly verification_status: string
  readonly status: string
  readonly failed_validation: string
  readonly label_id: string
  readonly lookup_edited: boolean
}

/** One extracted field, or one table, on a page. */
export interface Box {
  readonly id: string
  readonly label: string
  readonly xmin: number
  readonly ymin: number
  readonly xmax: number
  readonly ymax: number
  readonly score: number
  readonly ocr_text: string
  readonly type: 'field' | 'table'
  readonly status: 'correctly_predicted' | 'moderated'
  readonly validation_status: 'success' | 'failed'
  readonly validation_message: string
  readonly page: number
  readonly label_id: string
  readonly lookup_edited: boolean
  readonly lookup_parent_box_ids: readonly string[]
  readonly cells?: readonly Cell[]
  readonly grid_cells?: readonly unknown[]
}

/** One page of an uploaded file, as every read answers it. */
export interface PageRecord {
  readonly model_id: string
  /** UUIDv1 of this page; never accepted where a file is meant. */
  readonly id: string
  /** UUIDv4 of the uploaded file; never accepted where a page is meant. */
  readonly request_file_id: string
  readonly original_file_name: string
  readonly page: number
  readonly url: string
  readonly file_url: string
  readonly size: { readonly width: number; readonly height: number }
  readonly rotation: number
  readonly day_since_epoch: number
  readonly hour_of_day: number
  readonly is_moderated: boolean
  readonly is_deleted: boolean
  readonly approval_status: '' | 'approved' | 'rejected'
  readonly assigned_member: string
  readonly assigned_members: readonly string[]
  readonly current_stage_id: string
  readonly verified_by: string
  readonly verified_at: string
  readonly updated_at: string
  readonly uploaded_by: string
  readonly upload_channel: string
  readonly source: string
  readonly status: 'success' | 'pending' | 'failure'
  readonly export_status: string
  readonly retries: number
  readonly no_of_fields: number
  readonly cost: number
  readonly payable_cost: number
  readonly predicted_boxes: readonly Box[]
  readonly moderated_boxes: readonly Box[] | null
  readonly raw_ocr: readonly unknown[]
  readonly request_metadata: string
  readonly custom_response: null
  readonly delay_post_prediction_tasks: boolean
  readonly file_metadata: { readonly duplicate: boolean }
}

/** Downstream systems that a model can export to. */
export type Destination = 'Salesforce' | 'QuickBooks' | 'Xero' | 'Google Sheets' | 'SAP'

/** Why an export failed. Not visible through the real API; shown by the control endpoint only. */
export type ExportCause = 'auth-expired' | 'mapping-error' | 'throttled' | 'duplicate'

/** How the last attempt at each destination ended; destinations never attempted are absent. */
export type ExportOutcomes = Readonly<Partial<Record<Destination, 'success' | ExportCause>>>

/**
 * One uploaded file. Immutable: an operation replaces it, so an older value can be kept to play delayed visibility,
 * and its JSON can be kept for the next read.
 */
export interface FileState {
  readonly model_id: string
  readonly request_file_id: string
  readonly pages: readonly PageRecord[]
  readonly exports: ExportOutcomes
  /** What a repeated prediction will find on each page; only where the first prediction failed or is pending. */
  readonly hidden_boxes?: readonly (readonly Box[])[]
}

/** The boxes that count: the reviewed ones where there are any, else the predicted ones. */
export function boxesOf(page: PageRecord): readonly Box[] {
  return page.moderated_boxes ?? page.predicted_boxes
}

/** The text of a field anywhere in a file, empty where it is missing. */
export function textOf(file: FileState, label: string): string {
  for (const page of file.pages) {
    const box = boxesOf(page).find((candidate) => candidate.label === label && candidate.ocr_text !== '')
    if (box !== undefined) return box.ocr_text
  }
  return ''
}
