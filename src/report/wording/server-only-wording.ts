import type { Ref } from '../../ref.ts'
import type { Planned } from '../model/report.ts'
import { keysText } from './resource-lists.ts'

type ServerOnly = Pick<Planned, 'unmanaged' | 'prunable'>

/** Up to so many names are shown; of more, the first few of each kind. */
const most = 12

/** How many resources only the server has, and what pruning does: `2 only on the server (--prune deletes them)`. */
export function serverOnlyText({ unmanaged, prunable }: ServerOnly): string {
  const [all, some] = [unmanaged.length, prunable.length]
  const which = some === all ? (all === 1 ? 'it' : 'them') : `${some} of them`
  const prune = some === 0 ? '--prune keeps them' : `--prune deletes ${which}`
  return `${all} only on the server (${all === 1 && some === 0 ? '--prune keeps it' : prune})`
}

/** Their names by kind; with `full`, all of them. */
export function serverOnlyNames(unmanaged: readonly Ref[], full = false): string {
  if (full) return keysText(unmanaged, Number.POSITIVE_INFINITY)
  return keysText(unmanaged, unmanaged.length > most ? 3 : most)
}
