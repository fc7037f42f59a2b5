import { isMap, type LintRule } from './rule.ts'

/** The versions that are read; the two keys are those of the older and the newer form. */
const known: Readonly<Record<string, RegExp>> = {
  ikanos: /^1\.0\.0-(alpha[34]|beta[1-5])$/,
  naftiko: /^(0\.4|1\.0\.0-(alpha[1-3]|beta3))$/,
}

/** Another version is read like these: what it changed is not known here (spec §1.1). */
export const unknownVersion: LintRule = (root, report) => {
  for (const [key, versions] of Object.entries(known)) {
    const version = isMap(root) ? root[key] : undefined
    if (typeof version === 'string' && !versions.test(version)) report('unknown-version', `/${key}`, { key, version })
  }
}
