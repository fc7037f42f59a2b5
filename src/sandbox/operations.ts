import { writeSuccess } from './assumptions.ts'
import { type Call, fileIds, objectBody, textOfMember } from './call.ts'
import { type ExportTrigger, exportStatus, runBlocks } from './exports.ts'
import * as lifecycle from './lifecycle.ts'
import { accountEmail, type Model } from './models.ts'
import type { FileState } from './record.ts'
import { Refusal } from './refusal.ts'
import { fileOf, type ModelState, modelOf, now, removeFile, replaceFile, stamp, type World } from './state.ts'

/** Refuses any change to a rejected file, except its deletion. */
export function refuseRejected(file: FileState): void {
  // assumption: rejected-is-409
  if (lifecycle.isRejected(file)) {
    throw new Refusal(
      409,
      'File is rejected',
      `${file.request_file_id} was rejected; a rejected file cannot be changed`,
    )
  }
}

function refuseInvalid(file: FileState): void {
  if (lifecycle.passes(file)) return
  // assumption: failed-validation-is-409
  const faults = lifecycle.failedValidations(file)
  const detail = faults.length > 0 ? `: ${faults.join('; ')}` : ''
  throw new Refusal(
    409,
    'File has failed validations',
    `Only files that passed all validation stages can be approved${detail}`,
  )
}

function run(world: World, file: FileState, blocks: Model['blocks'], retries: number): FileState {
  if (blocks.length === 0) return file
  const at = new Date(now(world)).toISOString()
  const done = runBlocks(world.desk, world.faults.exports, file, blocks, at)
  return lifecycle.withExportState(done, exportStatus(done), retries)
}

/** Runs the exports that an event of a file triggers. */
export function fireExports(world: World, model: Model, file: FileState, ...triggers: ExportTrigger[]): FileState {
  // assumption: exports-run-at-once
  const blocks = model.blocks.filter((block) => triggers.includes(block.trigger))
  return run(world, file, blocks, 0)
}

/** Approves a whole file. Where the model exports on approval, this exports. */
export function verify(world: World, call: Call): string {
  const state = modelOf(world, call.model_id)
  const file = fileOf(state, call.id)
  refuseRejected(file)
  // assumption: verify-is-idempotent
  if (lifecycle.isApproved(file)) return writeSuccess
  refuseInvalid(file)
  const approved = lifecycle.approved(file, accountEmail, stamp(world))
  replaceFile(world, state, file, fireExports(world, state.model, approved, 'On Approval'))
  return writeSuccess
}

/** Takes an approval back. What the approval exported stays at its destination. */
export function unverify(world: World, call: Call): string {
  const state = modelOf(world, call.model_id)
  const file = fileOf(state, call.id)
  refuseRejected(file)
  // assumption: verify-is-idempotent
  if (!lifecycle.isApproved(file)) return writeSuccess
  replaceFile(world, state, file, lifecycle.unapproved(file, stamp(world)))
  return writeSuccess
}

/** All files of a request, or a refusal before any of them is touched. */
function filesOf(state: ModelState, ids: readonly string[]): readonly FileState[] {
  // assumption: batches-are-atomic
  return ids.map((id) => fileOf(state, id))
}

/** Gives files to a reviewer. */
export function assign(world: World, call: Call): string {
  const state = modelOf(world, call.model_id)
  const body = objectBody(call)
  // assumption: assign-body-names
  const member = textOfMember(body, 'member')
  const files = filesOf(state, fileIds(body))
  if (!state.model.members.includes(member)) {
    // assumption: unknown-member-is-404
    throw new Refusal(404, 'Member does not exist', `No team member ${member} with access to this model`)
  }
  files.forEach(refuseRejected)
  for (const file of files) replaceFile(world, state, file, lifecycle.assigned(file, member, stamp(world)))
  return writeSuccess
}

/** Deletes a file with all its pages, permanently. */
export function deleteFile(world: World, call: Call): string {
  const state = modelOf(world, call.model_id)
  // assumption: second-delete-is-404, rejected-can-be-deleted
  const file = fileOf(state, call.id)
  stamp(world)
  removeFile(world, state, file)
  return writeSuccess
}

function retriedExports(world: World, model: Model, file: FileState): FileState {
  // assumption: retry-repeats-every-attempted-export
  const blocks = model.blocks.filter((block) => file.exports[block.destination] !== undefined)
  return run(world, file, blocks, 1)
}

/** Runs the exports of files again, also those that had succeeded: not idempotent. */
export function retryExports(world: World, call: Call): string {
  const state = modelOf(world, call.model_id)
  const files = filesOf(state, fileIds(objectBody(call)))
  files.forEach(refuseRejected)
  for (const file of files) {
    stamp(world)
    replaceFile(world, state, file, retriedExports(world, state.model, file))
  }
  return writeSuccess
}

/** Predicts failed files again; files whose prediction had not failed stay as they are. */
export function retryPrediction(world: World, call: Call): string {
  const state = modelOf(world, call.model_id)
  const failed = filesOf(state, fileIds(objectBody(call))).filter((file) => file.pages[0]?.status === 'failure')
  for (const file of failed) {
    const found = lifecycle.predictedAgain(state.model, file, stamp(world))
    replaceFile(world, state, file, fireExports(world, state.model, found, ...triggersOf(found)))
  }
  return writeSuccess
}

/** What the prediction of a file triggers. */
export function triggersOf(file: FileState): readonly ExportTrigger[] {
  return lifecycle.passes(file) ? ['On Inference', 'On All Validations Passing'] : ['On Inference']
}
