/** What a call that fails is answered, on every surface. */

import { exitCodeOf, problemKinds, saysRetryable } from '../surfaces/problem-kinds.ts'
import { code, table } from './markdown.ts'

type Kind = ReturnType<typeof problemKinds>[number]

/** Every code with its answers. */
export function faultsText(): string {
  const rows = problemKinds().map((kind) => [
    code(kind.code),
    restOf(kind),
    kind.mcp ?? '`isError`',
    String(exitCodeOf(kind.code)),
    saysRetryable(kind.code) ? 'as `retryable` says' : kind.code === 'approval-needed' ? 'once it is released' : 'no',
    kind.when,
  ])
  return table(['code', 'REST', 'MCP', 'exit code', 'same call again', 'when'], rows)
}

/** The codes by what is to be done about them: the short form. */
export function faultsInShort(): string {
  const turns: readonly (readonly [string, (kind: Kind) => boolean])[] = [
    ['a person has to release it; then the same call again', ({ code }) => code === 'approval-needed'],
    ['repeat it where `retryable` is true; after a write read first', ({ code }) => saysRetryable(code)],
    ['look, then decide anew', ({ status }) => status === 409 || status === 412],
    ['ask who may: the credential, the role, the person', ({ status }) => status === 401 || status === 403],
    ['correct the call', ({ code }) => code !== 'cancelled'],
    ['nothing: the caller had gone', () => true],
  ]
  const turnOf = (kind: Kind) => turns.find(([, fits]) => fits(kind))?.[0]
  const rows = turns.map(([what]) => {
    const kinds = problemKinds().filter((kind) => turnOf(kind) === what)
    return [kinds.map((kind) => `${code(kind.code)} ${kind.status}`).join(', '), what]
  })
  return table(['code, and what REST answers', 'what to do'], rows)
}

const restOf = ({ code, status }: Kind) =>
  code === 'upstream-refused' ? `its 4xx, 503 or 504, else ${status}` : String(status)
