// Loads every part of the program, also those that are loaded late, with what was installed beside it.
import { readdirSync } from 'node:fs'

const dist = new URL('node_modules/nanonets-file-management/dist/', import.meta.url)
const parts = readdirSync(dist).filter((name) => name.endsWith('.js') && name !== 'cli.js')
for (const name of parts) await import(new URL(name, dist).href)
