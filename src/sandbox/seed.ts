import { applyFlaw, type Brief, invoice, purchaseOrder, receipt, type Sheet } from './content.ts'
import {
  type Draft,
  invoiceDrafts,
  merchants,
  orderDrafts,
  type Party,
  receiptDrafts,
  suppliers,
  vendors,
} from './documents.ts'
import type { SandboxFaults } from './faults.ts'
import { noStage, type Random, seededRandom, uuid1, uuid4 } from './ids.ts'
import { layOut } from './layout.ts'
import * as lifecycle from './lifecycle.ts'
import { accountEmail, invoices, type Model, purchaseOrders, receipts, reviewers } from './models.ts'
import { fireExports, triggersOf } from './operations.ts'
import type { Box, FileState, PageRecord } from './record.ts'
import { day, type ModelState, now, type World } from './state.ts'

/** A model and the documents it starts with. */
interface Collection {
  readonly model: Model
  readonly parties: readonly Party[]
  readonly drafts: readonly Draft[]
  readonly write: (brief: Brief) => Sheet
}

const collections: readonly Collection[] = [
  { model: invoices, parties: vendors, drafts: invoiceDrafts, write: invoice },
  { model: receipts, parties: merchants, drafts: receiptDrafts, write: receipt },
  { model: purchaseOrders, parties: suppliers, drafts: orderDrafts, write: purchaseOrder },
]

function emptyPage(model: Model, request_file_id: string, sheet: Sheet, uploaded: number, random: Random) {
  const folder = `uploadedfiles/${model.model_id}`
  const at = uuid1(uploaded, random)
  // assumption: filler-fields
  return {
    model_id: model.model_id,
    request_file_id,
    original_file_name: sheet.file_name,
    file_url: `${folder}/RawPredictions/${request_file_id}${sheet.file_name.slice(-4)}`,
    size: { width: 1700, height: 2200 },
    rotation: 0,
    day_since_epoch: Math.floor(uploaded / day),
    hour_of_day: Math.floor((uploaded % day) / 3_600_000),
    is_moderated: false,
    is_deleted: false,
    approval_status: '',
    assigned_member: '',
    assigned_members: [],
    current_stage_id: noStage,
    verified_by: '',
    verified_at: '',
    updated_at: at,
    uploaded_by: accountEmail,
    upload_channel: 'api',
    source: 'api',
    status: 'success',
    export_status: '',
    retries: 0,
    cost: 0.1,
    payable_cost: 0,
    moderated_boxes: null,
    raw_ocr: [],
    request_metadata: '',
    custom_response: null,
    delay_post_prediction_tasks: false,
    file_metadata: { duplicate: false },
  } as const
}

/** Lays one draft out as an uploaded file. */
function upload(
  model: Model,
  draft: Draft,
  sheet: Sheet,
  boxes: readonly (readonly Box[])[],
  uploaded: number,
  random: Random,
): FileState {
  const request_file_id = uuid4(random)
  const common = emptyPage(model, request_file_id, sheet, uploaded, random)
  const pages = boxes.map((predicted, page): PageRecord => {
    const isPredicted = draft.fate !== 'failure' && draft.fate !== 'pending'
    const predicted_boxes = isPredicted ? predicted : []
    return {
      id: uuid1(uploaded + page, random),
      ...common,
      page,
      url: `uploadedfiles/${model.model_id}/PredictionImages/${Math.floor(random() * 2 ** 31)}.jpeg`,
      status: draft.fate === 'failure' || draft.fate === 'pending' ? draft.fate : 'success',
      no_of_fields: predicted_boxes.length,
      predicted_boxes,
      file_metadata: { duplicate: draft.duplicateOf !== undefined },
    }
  })
  const file = { model_id: model.model_id, request_file_id, pages, exports: {} }
  return draft.fate === 'failure' ? { ...file, hidden_boxes: boxes } : file
}

/** What happened to a file between its upload and the start of the sandbox. */
function live(world: World, model: Model, draft: Draft, uploaded: FileState, at: string): FileState {
  if (draft.fate === 'failure' || draft.fate === 'pending') return uploaded
  let file = lifecycle.validated(model, uploaded)
  file = fireExports(world, model, file, ...triggersOf(file))
  const reviewer = draft.reviewer === undefined ? undefined : reviewers[draft.reviewer]
  if (reviewer !== undefined) file = lifecycle.assigned(file, reviewer, at)
  const verifier = model.members[0] ?? accountEmail
  if (draft.fate === 'rejected') return lifecycle.rejected(file, verifier, at)
  if (draft.fate !== 'approved') return file
  return fireExports(world, model, lifecycle.approved(file, verifier, at), 'On Approval')
}

/** Number and words of each draft, so that a duplicate can repeat those of another one. */
function briefs({ parties, drafts }: Collection, today: number, seed: number): readonly Brief[] {
  const random = seededRandom(seed)
  const originals = drafts.map((draft, index): Brief => {
    const party = parties[draft.party] ?? (parties[0] as Party)
    const number = `${party.prefix}${1000 + Math.floor(random() * 9000)}`
    const issued = today - draft.age - 2 - Math.floor(random() * 5)
    return { party, number, issued, pages: draft.pages ?? 1, random: seededRandom(seed * 1000 + index) }
  })
  return originals.map((brief, index) => {
    const original = drafts[index]?.duplicateOf
    const repeated = original === undefined ? undefined : originals[original]
    return repeated === undefined ? brief : { ...repeated, random: seededRandom(seed * 1000 + (original ?? 0)) }
  })
}

function addDrafts(world: World, collection: Collection, seed: number): ModelState {
  const { model, drafts } = collection
  const state: ModelState = { model, files: new Map(), pages: new Map() }
  const labelIds = new Map<string, string>()
  const sheets = briefs(collection, world.today, seed).map(collection.write)
  drafts.forEach((draft, index) => {
    const sheet = sheets[index] as Sheet
    for (const flaw of draft.flaws ?? []) applyFlaw(sheet, flaw)
    const layout = { random: world.random, labelIds, isBlurred: draft.flaws?.includes('blurred') ?? false }
    const uploaded = (world.today - draft.age) * day + (9 * 60 - index * 7) * 60_000
    const file = upload(model, draft, sheet, layOut(layout, sheet), uploaded, world.random)
    if (draft.exportFault !== undefined) {
      world.desk.documentFaults.push({ ...draft.exportFault, request_file_id: file.request_file_id })
    }
    state.files.set(file.request_file_id, file)
    for (const page of file.pages) state.pages.set(page.id, file.request_file_id)
  })
  return state
}

/** Lets the files live in the order of their upload, oldest first, each on its own day. */
function liveAll(world: World, { model, files }: ModelState, drafts: readonly Draft[]): void {
  const uploaded = [...files.values()]
  for (let index = uploaded.length - 1; index >= 0; index--) {
    const [file, draft] = [uploaded[index] as FileState, drafts[index] as Draft]
    const then: World = { ...world, today: world.today - draft.age }
    files.set(file.request_file_id, live(then, model, draft, file, uuid1(now(then) - 1_800_000, world.random)))
  }
}

/** The world as the sandbox starts: about 40 documents over three models, the same for the same seed and day. */
export function seedWorld(today: number, faults: SandboxFaults, seed = 7): World {
  const models = new Map<string, ModelState>()
  const desk = { rows: new Map(), documentFaults: [] }
  const random = seededRandom(seed)
  const world: World = { today, models, desk, faults, stale: new Map(), random, writes: 0 }
  // The switchable export faults are about what happens from now on, not about the past.
  const past: World = { ...world, faults: { ...faults, exports: [] } }
  collections.forEach((collection, index) => {
    const state = addDrafts(past, collection, seed + index)
    liveAll(past, state, collection.drafts)
    models.set(collection.model.model_id, state)
  })
  return world
}
