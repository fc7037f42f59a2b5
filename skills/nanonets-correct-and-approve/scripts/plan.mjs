// Writes a plan: one action for each value. Calls nothing. Generated: change the capability, not this file.
import { callOf, capability } from './calls.mjs'
import { most } from './plans.mjs'
import { exits, main, readText, readWords, Stop, writePlan } from './program.mjs'

const help = `node scripts/plan.mjs <tool> [name=text | name:=json]… --each <input> --of <values> --reason <text> [options]

Writes a plan with one action for each value; nothing is called. Then run check.mjs on it.

  --each <input>           the input that differs from action to action
  --of <values>            its values: a,b,c or the path of a JSON list ("-" = stdin)
  --list                   the input takes a list: each value goes into a list of its own
  --reason <text>          why, for the record
  --look <tool>:<input>    read with this tool before and after, the value as this input
  --expect <pointer>=<json> what has to be there before, by JSON Pointer into what is read; may be repeated by commas
  --after <pointer>=<json>  what has to be there after it, or "gone"
  --out <file>             where the plan goes (default: plan.json)`

const flags = {
  each: 'an input',
  of: 'values',
  list: '',
  reason: 'a text',
  look: 'tool:input',
  expect: 'pointer=value',
  after: 'pointer=value, or gone',
  out: 'a file',
}

export function answer(words) {
  const { words: named, flags: given } = readWords(words, flags)
  const [tool, ...pairs] = named
  const { each, reason, out = 'plan.json' } = given
  if (callOf(tool)?.writes !== true) throw new Stop(exits.usage, `"${tool ?? ''}" is no tool that writes; see --help`)
  if (each === undefined || reason === undefined) throw new Stop(exits.usage, '--each, --of and --reason are needed')
  const fixed = Object.fromEntries(pairs.map(pairOf))
  const actions = valuesOf(given.of).map((value, i) => ({
    id: `${tool}-${i + 1}`,
    tool,
    arguments: { ...fixed, [each]: given.list ? [value] : value },
    reason,
    ...looking(given.look, fixed, value),
    ...(given.expect === undefined ? {} : { expect: pointersOf(given.expect) }),
    ...(given.after === undefined ? {} : { after: given.after === 'gone' ? 'gone' : pointersOf(given.after) }),
  }))
  if (actions.length === 0 || actions.length > most) throw new Stop(exits.usage, `a plan has 1 to ${most} actions`)
  writePlan(out, capability, actions)
  return { plan: out, actions: actions.length, next: `node scripts/check.mjs ${out}` }
}

await main(import.meta, help, answer)

function pairOf(word) {
  const [, name, colon, text] = /^([^=:]+)(:?)=(.*)$/s.exec(word) ?? []
  if (name === undefined) throw new Stop(exits.usage, `"${word}" is not name=text, nor name:=json`)
  return [name, colon === ':' ? jsonOf(text) : text]
}

function jsonOf(text) {
  try {
    return JSON.parse(text)
  } catch {
    throw new Stop(exits.usage, `"${text}" is no JSON`)
  }
}

function valuesOf(given) {
  if (given === undefined) throw new Stop(exits.usage, '--of needs values')
  const isFile = given === '-' || given.endsWith('.json')
  const values = isFile ? jsonOf(readText(given)) : given.split(',').map((value) => value.trim())
  if (!Array.isArray(values)) throw new Stop(exits.usage, `${given} holds no list`)
  return [...new Set(values)].filter((value) => value !== '')
}

function looking(word, fixed, value) {
  if (word === undefined) return {}
  const [tool, input] = word.split(':')
  const { inputs = {} } = callOf(tool) ?? {}
  if (!Object.hasOwn(inputs, input)) throw new Stop(exits.usage, `--look ${word} is no tool and its input`)
  const shared = Object.entries(fixed).filter(([name]) => Object.hasOwn(inputs, name))
  return { look: { tool, arguments: { ...Object.fromEntries(shared), [input]: value } } }
}

function pointersOf(text) {
  const pairs = text.split(/,(?=\/)/).map((part) => {
    const [, pointer, value] = /^([^=]*)=(.*)$/s.exec(part) ?? []
    if (pointer === undefined) throw new Stop(exits.usage, `"${part}" is not pointer=json`)
    return [pointer, jsonOf(value)]
  })
  return Object.fromEntries(pairs)
}
