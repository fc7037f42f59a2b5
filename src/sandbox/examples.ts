import { isApproved, isRejected, passes } from './lifecycle.ts'
import { reviewers } from './models.ts'
import { boxesOf, type FileState, type PageRecord } from './record.ts'
import { isoDate, type World } from './state.ts'
import { updateBodyOf } from './update.ts'

/** A file that can be approved, so that every example works on it. */
function approvable(files: Iterable<FileState>): FileState | undefined {
  return [...files].find((file) => passes(file) && !isApproved(file) && !isRejected(file))
}

/** Example values by parameter name, for commands that can be pasted against a fresh sandbox. */
export function examplesOf(world: World): Readonly<Record<string, unknown>> {
  const [state] = world.models.values()
  const file = approvable(state?.files.values() ?? [])
  const page = file?.pages[0]
  if (state === undefined || file === undefined || page === undefined) return {}
  const request_file_id = file.request_file_id
  return {
    model_id: state.model.model_id,
    request_file_id,
    file_id: request_file_id,
    file_ids: [request_file_id],
    page_id: page.id,
    member: reviewers[0],
    start_day_interval: world.today - 7,
    current_batch_day: world.today,
    to_date: isoDate(world.today),
    days: 7,
    use_ui_version: true,
    ...updateBodyOf(page),
    changes: changesOf(page),
  }
}

/** A correction that changes nothing yet: what a person would edit. Of a label that names one box. */
function changesOf(page: PageRecord): readonly object[] {
  const fields = boxesOf(page).filter(({ type }) => type === 'field')
  const single = fields.find(({ label }) => fields.filter((box) => box.label === label).length === 1)
  return single === undefined ? [] : [{ label: single.label, ocr_text: single.ocr_text }]
}
