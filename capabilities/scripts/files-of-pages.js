// Nanonets lists pages. Groups those of the asked days under their files, newest file first, pages in order.
// Reads lists by index only: where another runtime gives its own kind of list, that is all it is sure to have.
var lowScore = 0.6

function each(list, visit) {
  for (var i = 0; i < (list ? list.length : 0); i++) visit(list[i])
}

function labelsOf(boxes, isMeant) {
  var labels = []
  each(boxes, (box) => {
    if (isMeant(box)) labels.push(box.label)
  })
  return labels
}

var hasFailed = (box) => box.validation_status === 'failed'
var isUnsure = (box) => box.score < lowScore

function pageOf(page) {
  return {
    page_id: page.id,
    page: page.page,
    prediction: page.status,
    failed_validations: labelsOf(page.predicted_boxes, hasFailed),
    failed_after_correction: labelsOf(page.moderated_boxes, hasFailed),
    low_scores: labelsOf(page.predicted_boxes, isUnsure),
  }
}

function fileOf(page) {
  return {
    request_file_id: page.request_file_id,
    file_name: page.original_file_name,
    date: new Date(page.day_since_epoch * 24 * 60 * 60 * 1000).toISOString().slice(0, 10),
    approved: true,
    approval_status: '',
    assigned_member: '',
    export_status: '',
    export_retries: 0,
    pages: [],
  }
}

var files = new Map()

function add(page) {
  if (page.day_since_epoch < context.window.first || page.day_since_epoch > context.window.last) return
  var id = page.request_file_id
  if (!files.has(id)) files.set(id, fileOf(page))
  var file = files.get(id)
  file.approved = file.approved && page.is_moderated === true
  file.approval_status = file.approval_status || page.approval_status || ''
  file.assigned_member = file.assigned_member || page.assigned_member || ''
  file.export_status = file.export_status || page.export_status || ''
  file.export_retries = Math.max(file.export_retries, page.retries || 0)
  file.pages.push(pageOf(page))
}

var answer = context['list-pages']
each(answer.moderated_images, add)
each(answer.unmoderated_images, add)

var list = Array.from(files.values())
each(list, (file) => file.pages.sort((a, b) => a.page - b.page))
list.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0))

result = list
