/**
 * The grammar of the two published formats, ikanos 1.0.0-beta5 and naftiko 1.0.0-alpha2, in one table (spec §1–§6): what
 * each unit holds, under which keys, and which values they take. What this runtime takes beyond them is not in it.
 *
 * A key:   name            in both formats        newer|older   renamed: beta5's name, then alpha2's; either may be absent
 *          a|b|c           c = other spellings that published files use
 *          name!           asked for              @             the name of an entry: its key in beta5, its `name` in alpha2
 * A value: text kebab …    a value (values.ts)    =a|b          one of these
 *          unit            a map, `unit` or, where it has variants, `unit type`
 *          [x] {x} {k: x}  a list; a map by name; one whose names are a `k`
 *          <x>             entries with names: a map in beta5, a list in alpha2
 *          x+              with at least one entry
 *          x or y          the first that suits   x / y         beta5's, then alpha2's
 * A way:   key -key key:x  with it, without it, and if it is there, it is an x
 */

import { consumes } from './consumes.ts'
import { exposes } from './exposes.ts'
import { flows } from './flows.ts'
import type { Units } from './unit.ts'

const sections = {
  binds: '[import or binding]+ / [binding]+',
  consumes: '[import or consumes]+',
} as const
const exposed = '[import or exposes]+ / [exposes]+'
const aggregates = '[import or aggregate]+ / [aggregate]+'

export const grammar: Units = {
  root: {
    keys: {
      'ikanos|naftiko!': '=1.0.0-beta5 / =1.0.0-alpha2',
      info: 'info',
      ...sections,
      'exposes|': exposed,
      'aggregates|': aggregates,
      capability: 'capability',
    },
    one: [
      'capability',
      'consumes -capability / consumes',
      'exposes -capability /',
      'aggregates -capability /',
      'binds -capability /',
    ],
  },
  info: {
    keys: {
      'display|label|title!': 'text',
      'description!': 'text',
      tags: '[text]',
      created: 'date',
      modified: 'date',
      'version|': 'text',
      stakeholders: '[person]',
    },
  },
  person: { keys: { 'role!': 'text', 'fullName!': 'text', email: 'email' } },
  import: { keys: { 'from|location!': 'text', 'import!': 'kebab', as: 'kebab', description: 'text' } },
  binding: {
    keys: {
      'namespace!': 'kebab',
      description: 'text',
      location: 'location',
      'keys!': '{variable: extended}',
    },
  },
  capability: { keys: { ...sections, aggregates, exposes: exposed }, any: ['exposes', 'consumes'] },

  ...consumes,
  ...flows,
  ...exposes,
}
