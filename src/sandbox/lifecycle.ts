import { noStage } from './ids.ts'
import type { Model } from './models.ts'
import { type Box, boxesOf, type FileState, type PageRecord } from './record.ts'
import { validateBoxes } from './rules.ts'

function withPages(file: FileState, change: (page: PageRecord) => PageRecord): FileState {
  return { ...file, pages: file.pages.map(change) }
}

/** Whether every prediction is there and every box passed its rules: the condition for approval. */
export function passes(file: FileState): boolean {
  return file.pages.every(
    (page) => page.status === 'success' && boxesOf(page).every((box) => box.validation_status === 'success'),
  )
}

/** The messages of all failed validations of a file. */
export function failedValidations(file: FileState): readonly string[] {
  return file.pages.flatMap((page) =>
    boxesOf(page)
      .filter((box) => box.validation_status === 'failed')
      .map((box) => box.validation_message),
  )
}

/** Runs the rules of the model over a file, and holds it in the review stage while any of them fails. */
export function validated(model: Model, file: FileState): FileState {
  const checked = withPages(file, (page) =>
    page.moderated_boxes === null
      ? { ...page, predicted_boxes: validateBoxes(model.rules, page.predicted_boxes) }
      : { ...page, moderated_boxes: validateBoxes(model.rules, page.moderated_boxes) },
  )
  const current_stage_id = failedValidations(checked).length > 0 ? model.stage_id : noStage
  return withPages(checked, (page) => ({ ...page, current_stage_id }))
}

export function isApproved(file: FileState): boolean {
  return file.pages.every((page) => page.is_moderated && page.approval_status === 'approved')
}

export function isRejected(file: FileState): boolean {
  return file.pages.some((page) => page.approval_status === 'rejected')
}

export function approved(file: FileState, verified_by: string, at: string): FileState {
  return withPages(file, (page) => ({
    ...page,
    is_moderated: true,
    approval_status: 'approved',
    verified_by,
    verified_at: at,
    updated_at: at,
    // assumption: approval-stages-and-boxes
    current_stage_id: noStage,
    moderated_boxes: boxesOf(page),
  }))
}

export function unapproved(file: FileState, at: string): FileState {
  // assumption: unapprove-clears-verification
  return withPages(file, (page) => ({
    ...page,
    is_moderated: false,
    approval_status: '',
    verified_by: '',
    verified_at: '',
    updated_at: at,
  }))
}

/** Rejection happens in the web application only; the sandbox starts with rejected files. */
export function rejected(file: FileState, verified_by: string, at: string): FileState {
  // assumption: rejected-page-fields
  return withPages(file, (page) => ({
    ...page,
    approval_status: 'rejected',
    verified_by,
    verified_at: at,
    updated_at: at,
  }))
}

export function assigned(file: FileState, member: string, at: string): FileState {
  // assumption: assignment-replaces
  return withPages(file, (page) => ({
    ...page,
    assigned_member: member,
    assigned_members: [member],
    updated_at: at,
  }))
}

/** Puts a complete set of boxes in the place of what a page had, and validates the file again. */
export function withBoxes(
  model: Model,
  file: FileState,
  page_id: string,
  boxes: readonly Box[],
  at: string,
): FileState {
  const replaced = withPages(file, (page) =>
    page.id === page_id ? { ...page, moderated_boxes: boxes, no_of_fields: boxes.length, updated_at: at } : page,
  )
  return validated(model, replaced)
}

/** Predicts a failed file again; this time it works. */
export function predictedAgain(model: Model, file: FileState, at: string): FileState {
  // assumption: retried-prediction-succeeds
  const { hidden_boxes = [], ...rest } = file
  const found = withPages(rest, (page) => {
    const predicted_boxes = hidden_boxes[page.page] ?? []
    return { ...page, status: 'success', predicted_boxes, no_of_fields: predicted_boxes.length, updated_at: at }
  })
  return validated(model, found)
}

/** Copies the export state of a file onto its pages. */
export function withExportState(file: FileState, export_status: string, retries: number): FileState {
  return withPages(file, (page) => ({ ...page, export_status, retries: page.retries + retries }))
}
