import type { ExportDesk } from './exports.ts'
import type { SandboxFaults } from './faults.ts'
import { type Random, uuid1 } from './ids.ts'
import type { Model } from './models.ts'
import type { FileState } from './record.ts'
import { Refusal } from './refusal.ts'

/** Milliseconds of a day. */
export const day = 86_400_000

/** YYYY-MM-DD of a day number. */
export function isoDate(days: number): string {
  return new Date(days * day).toISOString().slice(0, 10)
}

/** A model and its files, newest upload first. */
export interface ModelState {
  readonly model: Model
  readonly files: Map<string, FileState>
  /** Page id to the id of its file; deleted files keep their entry, so that their page ids are still told apart. */
  readonly pages: Map<string, string>
}

/** A file as it was before a write, still shown to the next reads. */
interface StaleFile {
  readonly file: FileState
  left: number
}

/** Everything the sandbox knows. */
export interface World {
  readonly today: number
  readonly models: ReadonlyMap<string, ModelState>
  readonly desk: ExportDesk
  readonly faults: SandboxFaults
  readonly stale: Map<string, StaleFile>
  readonly random: Random
  /** Counts the writes; the clock of the sandbox moves one second a write, so that answers are reproducible. */
  writes: number
}

/** The time of the sandbox: ten o'clock of its base day, plus a second a write. */
export function now(world: World): number {
  return world.today * day + 10 * 3_600_000 + world.writes * 1000
}

/** The moment of a write, as the UUIDv1 that `updated_at` and `verified_at` hold. */
export function stamp(world: World): string {
  world.writes += 1
  return uuid1(now(world), world.random)
}

/** The model of a path, or 404. */
export function modelOf(world: World, model_id: string): ModelState {
  const state = world.models.get(model_id)
  if (state === undefined) throw new Refusal(404, 'Model does not exist', `No model with the id ${model_id}`)
  return state
}

function noSuchFile(state: ModelState, id: string): Refusal {
  // assumption: mixed-ids-are-404
  const message = state.pages.has(id)
    ? `${id} is the id of a page; a request_file_id is expected here`
    : `No file with the request_file_id ${id} in this model`
  return new Refusal(404, 'File does not exist', message)
}

/** The file that a write is about, in its true state, or 404. */
export function fileOf(state: ModelState, id: string): FileState {
  const file = state.files.get(id)
  if (file === undefined) throw noSuchFile(state, id)
  return file
}

function noSuchPage(state: ModelState, id: string): Refusal {
  const message = state.files.has(id)
    ? `${id} is a request_file_id; the id of a page is expected here`
    : `No page with the id ${id} in this model`
  return new Refusal(404, 'Page does not exist', message)
}

/** The file that has a page, in its true state, or 404. */
export function fileOfPage(state: ModelState, page_id: string): FileState {
  const file = state.files.get(state.pages.get(page_id) ?? '')
  if (file === undefined) throw noSuchPage(state, page_id)
  return file
}

function remember(world: World, before: FileState): void {
  // assumption: writes-are-visible-at-once
  const left = world.faults.staleReads
  if (left <= 0) return
  const stale = world.stale.get(before.request_file_id)
  world.stale.set(before.request_file_id, { file: stale?.file ?? before, left })
}

/** Writes the next state of a file. */
export function replaceFile(world: World, state: ModelState, before: FileState, after: FileState): void {
  remember(world, before)
  state.files.set(after.request_file_id, after)
}

/** Removes a file for good. */
export function removeFile(world: World, state: ModelState, file: FileState): void {
  remember(world, file)
  state.files.delete(file.request_file_id)
}

/** The state of a file that a read shows: the one before the last write while that is still delayed. */
function shownFile(world: World, id: string | undefined, file: FileState | undefined): FileState | undefined {
  if (world.stale.size === 0 || id === undefined) return file
  const stale = world.stale.get(id)
  if (stale === undefined) return file
  stale.left -= 1
  if (stale.left <= 0) world.stale.delete(id)
  return stale.file
}

/** The file that a read by file id shows, or 404. */
export function readFileOf(world: World, state: ModelState, id: string): FileState {
  const shown = shownFile(world, id, state.files.get(id))
  if (shown === undefined || shown.model_id !== state.model.model_id) throw noSuchFile(state, id)
  return shown
}

/** The file that a read by page id shows, or 404. */
export function readFileOfPage(world: World, state: ModelState, page_id: string): FileState {
  const id = state.pages.get(page_id)
  const shown = shownFile(world, id, state.files.get(id ?? ''))
  if (shown === undefined) throw noSuchPage(state, page_id)
  return shown
}

/** The files that a list shows, deleted ones that are still visible last. */
export function readFiles(
  world: World,
  state: ModelState,
  isWanted: (file: FileState) => boolean,
): readonly FileState[] {
  const wanted = [...state.files.values()].filter(isWanted)
  if (world.stale.size === 0) return wanted
  const deleted = [...world.stale.values()]
    .map((stale) => stale.file)
    .filter((file) => file.model_id === state.model.model_id && !state.files.has(file.request_file_id))
  return [...wanted, ...deleted.filter(isWanted)].flatMap((file) => shownFile(world, file.request_file_id, file) ?? [])
}
