// What the boxes of a page are replaced by: all as they are now, with `changes` made. A box that no change names stays as it
// was; one that does not fit refuses them all. Reads lists by index only, as the other scripts here do.
var faults = []

function refuse(pointer, message, hint) {
  faults.push(hint ? { pointer, message, hint } : { pointer, message })
}

function list(values) {
  var all = []
  for (var i = 0; i < (values ? values.length : 0); i++) all.push(values[i])
  return all
}

var isGiven = (value) => value !== undefined && value !== null

function withMembers(object, members) {
  var copy = JSON.parse(JSON.stringify(object))
  for (var name in members) copy[name] = members[name]
  return copy
}

// The one box that a change names.
function boxOf(change, boxes, at) {
  var key = isGiven(change.id) ? 'id' : 'label'
  var found = boxes.filter((box) => box[key] === change[key])
  if (found.length === 0) {
    var otherwise = key === 'label' ? ', or set add to true for a new one' : ''
    refuse(`${at}/${key}`, `is no ${key} of a box of this page`, `read the page with get-page${otherwise}`)
  }
  if (found.length > 1) {
    var ids = found.map((box) => box.id).join(', ')
    refuse(`${at}/${key}`, `is the ${key} of ${found.length} boxes`, `give the id of the one that is meant: ${ids}`)
  }
  var box = found.length === 1 ? found[0] : undefined
  if (box && isGiven(change.label) && box.label !== change.label)
    refuse(`${at}/label`, `is not the label of the box with this id, which is "${box.label}"`)
  return box
}

function cellsOf(box, change, at) {
  var cells = list(box.cells)
  list(change.cells).forEach((wanted, i) => {
    var found = cells.filter((cell) => cell.row === wanted.row && cell.col === wanted.col)
    if (found.length !== 1)
      refuse(`${at}/cells/${i}`, `stands for ${found.length === 0 ? 'no cell' : 'several cells'} of the table`)
    else if (found[0].text !== wanted.text)
      cells[cells.indexOf(found[0])] = withMembers(found[0], { text: wanted.text })
  })
  return cells
}

// The box as it is after the change: itself where that changes nothing.
function corrected(box, change, at) {
  var wrong = box.type === 'table' ? 'ocr_text' : 'cells'
  if (isGiven(change[wrong]))
    refuse(`${at}/${wrong}`, `is not for a ${box.type}`, 'a field has ocr_text, a table cells')
  if (box.type !== 'table')
    return change.ocr_text === box.ocr_text ? box : withMembers(box, { ocr_text: change.ocr_text, status: 'moderated' })
  var cells = cellsOf(box, change, at)
  var isSame = cells.every((cell, i) => cell === box.cells[i])
  return isSame ? box : withMembers(box, { cells, status: 'moderated' })
}

function newBox(change, boxes, at) {
  if (isGiven(change.id)) refuse(`${at}/id`, 'is not for a new box', 'Nanonets gives it one')
  if (!isGiven(change.label)) refuse(`${at}/label`, 'is required for a new box')
  if (!isGiven(change.ocr_text)) refuse(`${at}/ocr_text`, 'is required for a new box')
  if (isGiven(change.cells)) refuse(`${at}/cells`, 'is not for a new box', 'a table can not be added')
  if (boxes.some((box) => box.label === change.label))
    refuse(`${at}/add`, 'is for a label that the page does not have', 'leave add out to correct what is there')
  return { is_new: true, label: change.label, ocr_text: change.ocr_text, type: 'field', status: 'moderated' }
}

// Whether a change says one thing to do.
function isClear(change, at) {
  var says = isGiven(change.ocr_text) || isGiven(change.cells)
  if (change.remove === true && (says || change.add === true)) refuse(`${at}/remove`, 'stands beside id or label only')
  else if (change.remove !== true && !says) refuse(at, 'says nothing to do', 'give ocr_text, cells or remove')
  else if (!isGiven(change.id) && !isGiven(change.label)) refuse(at, 'names no box', 'give its label, or its id')
  else return true
  return false
}

function after(boxes) {
  var all = boxes.slice()
  var named = []
  list(context.changes).forEach((change, i) => {
    var at = `/changes/${i}`
    if (!isClear(change, at)) return
    if (change.add === true) {
      all.push(newBox(change, all, at))
      return
    }
    var box = boxOf(change, boxes, at)
    if (box === undefined) return
    if (named.includes(box)) refuse(at, 'names a box that a change before it names')
    else if (change.remove === true) all.splice(all.indexOf(box), 1)
    else all[all.indexOf(box)] = corrected(box, change, at)
    named.push(box)
  })
  return all
}

var page = list(context['get-page'].result)[0]
var boxes = []
if (!page || page.id !== context.page_id) refuse('/page_id', 'is no page of this model', 'read the file with get-file')
else boxes = after(list(page.moderated_boxes === null ? page.predicted_boxes : page.moderated_boxes))

if (faults.length > 0) throw { name: 'InvalidInput', message: 'the changes do not fit', errors: faults }

result = { day_since_epoch: page.day_since_epoch, hour_of_day: page.hour_of_day, moderated_boxes: boxes }
