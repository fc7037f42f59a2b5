/** Whether a skill is one: a folder whose SKILL.md says what the capability says of it. */

import type { Definition } from './definition.ts'

export const skills = {
  'no-skill-file': {
    about: 'The folder of a skill has a SKILL.md.',
    severity: 'warning',
    message: (a: { skill: string }) => `there is no file SKILL.md in the folder of the skill "${a.skill}"`,
    hint: () => 'agents load a skill from it: without one the skill is not offered over MCP, nor to installers',
  },
  'no-front-matter': {
    about: 'A SKILL.md begins with its front matter.',
    severity: 'warning',
    message: (a: { skill: string }) => `the SKILL.md of "${a.skill}" does not begin with front matter`,
    hint: () =>
      'agents do not load it: write its name and description as YAML at the very top, between two lines of three hyphens',
  },
  'front-matter-differs': {
    about: 'A skill is described the same in the capability and in its SKILL.md.',
    severity: 'warning',
    message: (a: { field: string; here: string; there: string }) =>
      `"${a.field}" is ${a.here}, but ${a.there} in the SKILL.md`,
    hint: () => 'agents read the one and people the other: write the same in both',
  },
} as const satisfies Record<string, Definition>
