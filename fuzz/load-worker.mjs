/** Loads what it is sent in a thread of its own, so that who asked can end it. */

import { parentPort, workerData } from 'node:worker_threads'

const { StartError, validate, artifactsOf, formats, printDiagnostics } = await import(workerData)

parentPort.on('message', async ({ file, text }) => parentPort.postMessage(await outcomeOf(file, text)))

/** `fault` = what may not be thrown; else `what` came of it. */
async function outcomeOf(file, text) {
  try {
    const { diagnostics, loaded } = await validate(file, { text, info: true, allowUnsupported: true })
    for (const format of formats) printDiagnostics(diagnostics, format, { version: '0.0.0' })
    if (loaded === undefined) return { what: 'refused' }
    JSON.stringify(loaded.plan)
    await artifactsOf(loaded)
    return { what: 'loaded' }
  } catch (error) {
    // Its skills went out as they were, or are those of another one by now.
    if (error instanceof StartError) return { what: 'refused' }
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
