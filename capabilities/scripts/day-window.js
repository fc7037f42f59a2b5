// The days to ask for: `days` days up to and including `to_date` (UTC). Nanonets counts days since 1970-01-01.
// Whether its upper bound is part of the window is documented nowhere, so `end` asks for one day more than is wanted.
var msPerDay = 24 * 60 * 60 * 1000
var last = Math.floor((context.to_date ? Date.parse(context.to_date) : Date.now()) / msPerDay)
var days = Number(context.days || 7)

result = { first: last - days + 1, last: last, end: last + 1 }
