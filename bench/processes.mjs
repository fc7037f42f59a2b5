/** Starts targets as processes of their own, pinned where that is possible, and asks them for their CPU time. */

import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

const [restCore, testCore] = ['0', '1']

/** Whether processes can be pinned: `taskset`, and two cores to choose from. */
export const pinned =
  availableParallelism() >= 2 &&
  spawnSync('taskset', ['-acp', restCore, String(process.pid)], { stdio: 'ignore' }).status === 0

/** The command line of a node process on one core. `tested` = on the core that nothing else uses. */
export function command(args, tested) {
  const node = [process.execPath, ...args]
  return pinned ? ['taskset', '-c', tested ? testCore : restCore, ...node] : node
}

/** A running target: `url` and what else it announces, `cpu()` in microseconds since its start, `stop()`. */
export async function startTarget(file, args, { tested, flags = [] }) {
  const [program, ...rest] = command(
    [...flags, fileURLToPath(new URL(`./targets/${file}`, import.meta.url)), ...args],
    tested,
  )
  const child = spawn(program, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const answer = () =>
    new Promise((resolve, reject) => {
      const gone = (code) => reject(new Error(`${file} ended with exit code ${code}`))
      child.once('exit', gone)
      child.once('message', (message) => {
        child.off('exit', gone)
        resolve(message)
      })
    })
  const announced = await answer()
  return {
    ...announced,
    cpu: async () => {
      child.send('cpu')
      const { user, system } = await answer()
      return user + system
    },
    stop: () => child.disconnect(),
  }
}
