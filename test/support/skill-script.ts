/** A script of a skill, run in this process: quicker than one of its own, with the same words and the same answers. */

/** What a script prints as JSON, or says on stderr, and its exit code. */
export interface Ran {
  readonly code: number
  readonly stderr: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape is what they check
  readonly json: any
}

/** Runs it in a folder, one after the other: there is one working directory. Throws what is a fault of the script itself. */
export async function runScript(script: string, words: readonly string[], folder: string): Promise<Ran> {
  const before = process.cwd()
  process.chdir(folder)
  try {
    const { answer } = await import(script)
    const { exit = 0, ...json } = await answer(words)
    return { code: exit, stderr: '', json: JSON.parse(JSON.stringify(json)) }
  } catch (error) {
    if (!(error instanceof Error && 'exit' in error)) throw error
    return { code: Number(error.exit), stderr: error.message, json: undefined }
  } finally {
    process.chdir(before)
  }
}
