/**
 * What the sandbox had to guess about the real service. Documented facts are not listed. Code that rests on a guess
 * names it in a comment (`assumption: <id>`), so that a real capture can correct one place.
 */
export interface Assumption {
  readonly id: string
  readonly behaviour: string
  /** `inferred` from documents, clients or captures; `unknown` where nothing was found. */
  readonly basis: 'inferred' | 'unknown'
  /** File of this folder that rests on it. */
  readonly where: string
}

/** assumption: write-success-body */
export const writeSuccess = '{"message":"Success"}'

export const assumptions: readonly Assumption[] = [
  {
    id: 'write-success-body',
    behaviour: 'Every successful write answers 200 with {"message":"Success"}.',
    basis: 'unknown',
    where: 'assumptions.ts',
  },
  {
    id: 'any-key-is-accepted',
    behaviour: 'Any API key that is not empty is accepted, except the literal "invalid", which answers 401.',
    basis: 'unknown',
    where: 'auth.ts',
  },
  {
    id: 'raw-key-is-refused',
    behaviour: 'Only the base64 form of Basic authentication is accepted; a raw key or a password answers 401.',
    basis: 'unknown',
    where: 'auth.ts',
  },
  {
    id: 'error-body-everywhere',
    behaviour: 'Every error has the one captured error form {message, code, errors: [{reason, message}]}.',
    basis: 'inferred',
    where: 'refusal.ts',
  },
  {
    id: 'bad-input-is-400',
    behaviour: 'A missing or malformed parameter, query or body answers 400. The content type is not checked.',
    basis: 'inferred',
    where: 'call.ts',
  },
  {
    id: 'body-limit-is-413',
    behaviour: 'A request body over 5 MiB answers 413.',
    basis: 'unknown',
    where: 'body.ts',
  },
  {
    id: 'wrong-verb-is-405',
    behaviour: 'A known path with another method answers 405 with Allow.',
    basis: 'unknown',
    where: 'edge.ts',
  },
  {
    id: 'left-out',
    behaviour: 'Prediction, hosted review links and everything else that is not in the table of routes answer 404.',
    basis: 'inferred',
    where: 'routes.ts',
  },
  {
    id: 'mixed-ids-are-404',
    behaviour: 'A page id where a file is meant, or the reverse, answers 404; the reason says which id it was.',
    basis: 'inferred',
    where: 'state.ts',
  },
  {
    id: 'writes-are-visible-at-once',
    behaviour: 'A read right after a write shows it, unless the staleReads fault delays that.',
    basis: 'unknown',
    where: 'state.ts',
  },
  {
    id: 'second-delete-is-404',
    behaviour: 'Deleting a file again, like any other use of a deleted file, answers 404.',
    basis: 'inferred',
    where: 'operations.ts',
  },
  {
    id: 'rejected-is-409',
    behaviour: 'Approving, unapproving, assigning, updating or exporting a rejected file answers 409.',
    basis: 'inferred',
    where: 'operations.ts',
  },
  {
    id: 'rejected-can-be-deleted',
    behaviour: 'A rejected file can be deleted like any other.',
    basis: 'unknown',
    where: 'operations.ts',
  },
  {
    id: 'failed-validation-is-409',
    behaviour: 'Approving a file with a failed validation, or without a successful prediction, answers 409.',
    basis: 'inferred',
    where: 'operations.ts',
  },
  {
    id: 'verify-is-idempotent',
    behaviour: 'Approving an approved file, or unapproving one that is not approved, answers 200 and does nothing.',
    basis: 'inferred',
    where: 'operations.ts',
  },
  {
    id: 'approval-stages-and-boxes',
    behaviour: 'One approval passes all stages at once, and keeps the predicted boxes as moderated ones.',
    basis: 'unknown',
    where: 'lifecycle.ts',
  },
  {
    id: 'unapprove-clears-verification',
    behaviour: 'Unapproving empties approval_status, verified_by and verified_at, and keeps moderated_boxes.',
    basis: 'unknown',
    where: 'lifecycle.ts',
  },
  {
    id: 'rejected-page-fields',
    behaviour:
      'A rejected page has approval_status "rejected", is_moderated false, and who rejected it in verified_by.',
    basis: 'unknown',
    where: 'lifecycle.ts',
  },
  {
    id: 'unmoderated-is-everything-else',
    behaviour: 'Rejected, pending and failed pages are listed in unmoderated_images.',
    basis: 'unknown',
    where: 'reads.ts',
  },
  {
    id: 'assign-body-names',
    behaviour: 'Assigning wants member and file_ids as in the samples, not the names of the parameter list.',
    basis: 'inferred',
    where: 'operations.ts',
  },
  {
    id: 'unknown-member-is-404',
    behaviour: 'Assigning to someone who is not in the team, or has no access to the model, answers 404.',
    basis: 'unknown',
    where: 'operations.ts',
  },
  {
    id: 'assignment-replaces',
    behaviour: 'A new assignment replaces the former one; a file has one assigned member.',
    basis: 'unknown',
    where: 'lifecycle.ts',
  },
  {
    id: 'batches-are-atomic',
    behaviour: 'With one unknown or rejected file among file_ids, nothing is done for any of them.',
    basis: 'unknown',
    where: 'operations.ts',
  },
  {
    id: 'day-and-hour-locate-a-page',
    behaviour: 'An update whose day_since_epoch or hour_of_day is not the one of the page answers 404.',
    basis: 'inferred',
    where: 'update.ts',
  },
  {
    id: 'update-fills-new-boxes',
    behaviour:
      'A sent box needs a label; a missing id and missing members are filled in, is_new is dropped, the rest is kept.',
    basis: 'unknown',
    where: 'update.ts',
  },
  {
    id: 'approved-can-be-updated',
    behaviour: 'An approved page can be updated and stays approved.',
    basis: 'unknown',
    where: 'update.ts',
  },
  {
    id: 'rules-run-on-update',
    behaviour: 'An update runs the validations of the model again; sent validation results are ignored.',
    basis: 'inferred',
    where: 'rules.ts',
  },
  {
    id: 'retried-prediction-succeeds',
    behaviour: 'A repeated prediction succeeds at once, and leaves files alone whose prediction had not failed.',
    basis: 'unknown',
    where: 'lifecycle.ts',
  },
  {
    id: 'exports-run-at-once',
    behaviour: 'Exports run before the answer. Each change to approved exports again; unapproving pulls nothing back.',
    basis: 'inferred',
    where: 'operations.ts',
  },
  {
    id: 'export-status-values',
    behaviour: 'export_status is empty, "success", or "failed" when any destination failed.',
    basis: 'unknown',
    where: 'exports.ts',
  },
  {
    id: 'retry-repeats-every-attempted-export',
    behaviour:
      'retryallexports repeats every export that was attempted, also successful ones, and adds 1 to retries; others it leaves alone.',
    basis: 'inferred',
    where: 'operations.ts',
  },
  {
    id: 'destination-repeat-behaviour',
    behaviour:
      'Salesforce (documented) and Xero upsert by key, Google Sheets and SAP append, QuickBooks refuses a key of another file.',
    basis: 'inferred',
    where: 'exports.ts',
  },
  {
    id: 'export-causes',
    behaviour:
      'An export fails for an expired grant, an empty or unknown mapped value, throttling, or a duplicate key; no other causes.',
    basis: 'inferred',
    where: 'exports.ts',
  },
  {
    id: 'window-includes-both-days',
    behaviour: 'A list includes both days of its window.',
    basis: 'unknown',
    where: 'reads.ts',
  },
  {
    id: 'newest-file-first',
    behaviour: 'A list has the newest upload first, and the pages of a file in order.',
    basis: 'unknown',
    where: 'reads.ts',
  },
  {
    id: 'signed-url-form',
    behaviour: 'signed_urls has one entry a page image and one an original file; the links here lead nowhere.',
    basis: 'inferred',
    where: 'reads.ts',
  },
  {
    id: 'grid-cells-are-empty',
    behaviour: 'grid_cells of a table is an empty list.',
    basis: 'unknown',
    where: 'layout.ts',
  },
  {
    id: 'filler-fields',
    behaviour:
      'uploaded_by is the account, upload_channel "api", costs and flags have one fixed value, times that have not come are empty.',
    basis: 'unknown',
    where: 'seed.ts',
  },
]
