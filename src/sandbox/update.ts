import { writeSuccess } from './assumptions.ts'
import { badRequest, type Call, isObject, type JsonObject, objectBody, textOfMember, wholeNumber } from './call.ts'
import { uuid4 } from './ids.ts'
import { passes, withBoxes } from './lifecycle.ts'
import { fireExports, refuseRejected } from './operations.ts'
import { type Box, boxesOf, type FileState, type PageRecord } from './record.ts'
import { Refusal } from './refusal.ts'
import { fileOfPage, modelOf, replaceFile, stamp, type World } from './state.ts'

/** What a new box has where the request says nothing. */
const blankBox = {
  xmin: 0,
  ymin: 0,
  xmax: 0,
  ymax: 0,
  score: 1,
  ocr_text: '',
  type: 'field',
  status: 'moderated',
  validation_status: 'success',
  validation_message: '',
  label_id: '',
  lookup_edited: false,
  lookup_parent_box_ids: [],
} as const

function readBox(world: World, page: PageRecord, sent: unknown, index: number): Box {
  if (!isObject(sent) || typeof sent.label !== 'string' || sent.label === '') {
    throw badRequest(`moderated_boxes[${index}] must be an object with a label`)
  }
  if (sent.ocr_text !== undefined && typeof sent.ocr_text !== 'string') {
    throw badRequest(`moderated_boxes[${index}].ocr_text must be a text`)
  }
  // assumption: update-fills-new-boxes
  const { is_new, ...rest } = sent
  const id = typeof sent.id === 'string' && sent.id !== '' ? sent.id : uuid4(world.random)
  return { ...blankBox, label: sent.label, page: page.page, ...rest, id }
}

function readBoxes(world: World, page: PageRecord, body: JsonObject): readonly Box[] {
  const sent = body.moderated_boxes
  if (!Array.isArray(sent)) throw badRequest('moderated_boxes must be a list with every box of the page')
  return sent.map((box, index) => readBox(world, page, box, index))
}

function pageOf(file: FileState, body: JsonObject): PageRecord {
  // assumption: day-and-hour-locate-a-page
  const page = file.pages.find(
    ({ id, day_since_epoch, hour_of_day }) =>
      id === body.id && day_since_epoch === body.day_since_epoch && hour_of_day === body.hour_of_day,
  )
  if (page !== undefined) return page
  const place = `day ${body.day_since_epoch}, hour ${body.hour_of_day}`
  throw new Refusal(404, 'Page does not exist', `No page with the id ${body.id} on ${place}`)
}

/**
 * Replaces the boxes of one page. What is not sent is gone; there is no version check, so the last writer wins.
 */
export function updatePage(world: World, call: Call): string {
  const state = modelOf(world, call.model_id)
  if (new URLSearchParams(call.query).get('use_ui_version') !== 'true') {
    throw badRequest('use_ui_version=true is mandatory')
  }
  const body = objectBody(call)
  const page_id = textOfMember(body, 'id')
  wholeNumber(body, 'day_since_epoch')
  wholeNumber(body, 'hour_of_day')
  const file = fileOfPage(state, page_id)
  const page = pageOf(file, body)
  refuseRejected(file)
  // assumption: approved-can-be-updated
  const updated = withBoxes(state.model, file, page_id, readBoxes(world, page, body), stamp(world))
  const fixed = !passes(file) && passes(updated)
  const after = fixed ? fireExports(world, state.model, updated, 'On All Validations Passing') : updated
  replaceFile(world, state, file, after)
  return writeSuccess
}

/** The body that writes a page back as it is; the starting point of a correction. */
export function updateBodyOf(page: PageRecord): JsonObject {
  const { id, day_since_epoch, hour_of_day } = page
  return { id, day_since_epoch, hour_of_day, moderated_boxes: boxesOf(page) }
}
