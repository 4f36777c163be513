import { code } from '../src/report/markdown/markdown-escape.ts'
import type { PlanReport } from '../src/report/model/report.ts'
import { shellLine } from '../src/shell.ts'
import { short } from './comment.ts'
import type { LastApply } from './forge.ts'
import { namesText } from './job.ts'

/** Which side has moved since the base; `unknown` without a base. */
export type Direction = 'none' | 'file' | 'server' | 'both' | 'unknown'

/** What differs between a file and a server, by the side that has moved. */
export interface Sides {
  readonly direction: Direction
  /** The direction in words. */
  readonly title: string
  /** Changed in the file only: an apply is missing. */
  readonly file: readonly string[]
  /** Changed on the server only. */
  readonly server: readonly string[]
  /** Changed on both sides. */
  readonly both: readonly string[]
  /** Without a base, all differences. */
  readonly unknown: readonly string[]
  /** Those of all sides that only the server has. */
  readonly serverOnly: ReadonlySet<string>
}

const titles: Readonly<Record<Direction, string>> = {
  none: 'No drift: the server is as in the file',
  file: 'The file is ahead: it has changes that were not applied',
  server: 'The server is ahead: it was changed without the file',
  both: 'Both the file and the server have changed',
  unknown: 'The file and the server differ',
}

/** Sorts the differences of a plan by side: its changes, and what only the server has. */
export function directionOf({ base, changes, unmanaged }: Pick<PlanReport, 'base' | 'changes' | 'unmanaged'>): Sides {
  const all = [...new Set([...changes.map(({ ref }) => ref), ...unmanaged])]
  const serverOnly = new Set<string>(unmanaged)
  if (!base) return sidesOf({ file: [], server: [], both: [], unknown: all, serverOnly })
  const by = (side: 'ours' | 'theirs' | 'both') => [
    ...new Set(changes.filter(({ changedBy }) => changedBy === side).map(({ ref }) => ref)),
  ]
  const removed = new Set(base.removed)
  return sidesOf({
    file: [...by('ours'), ...unmanaged.filter((ref) => removed.has(ref))],
    server: [...by('theirs'), ...unmanaged.filter((ref) => !removed.has(ref))],
    both: by('both'),
    unknown: [],
    serverOnly,
  })
}

function sidesOf(sides: Omit<Sides, 'direction' | 'title'>): Sides {
  const { file, server, both, unknown } = sides
  const direction =
    unknown.length > 0
      ? 'unknown'
      : both.length > 0 || (file.length > 0 && server.length > 0)
        ? 'both'
        : server.length > 0
          ? 'server'
          : file.length > 0
            ? 'file'
            : 'none'
  return { ...sides, direction, title: titles[direction] }
}

/** Whether a person has to act: not while the apply of the file is under way. */
export function needsPerson({ direction }: Sides, { underWay }: LastApply): boolean {
  return direction !== 'none' && !(direction === 'file' && underWay)
}

/** What has drifted, and what to do, in Markdown. */
export function driftText(sides: Sides, { commit, underWay, file }: LastApply & { readonly file: string }): string {
  const since = commit === undefined ? '' : ` since commit ${short(commit)}, which was applied last`
  const apply = (names: readonly string[]) =>
    `run the apply workflow${names.some((name) => sides.serverOnly.has(name)) ? '; what only the server has needs `--prune`, or is deleted by hand' : ''}`
  const keep = code(shellLine(['prefect-snapshot', 'export', '-o', file, '--update']))
  const lines = [
    line(sides.file, 'Changed in the file', underWay ? 'An apply is under way.' : `To apply it: ${apply(sides.file)}.`),
    line(sides.server, 'Changed on the server', `To keep it: ${keep}. To revert it: ${apply(sides.server)}.`),
    line(
      sides.both,
      'Changed on both sides',
      'Decide for each: the plan below shows which side has changed which field.',
    ),
    line(sides.unknown, 'Different', `To keep what the server has: ${keep}. To revert it: ${apply(sides.unknown)}.`),
  ]
  return `## ${sides.title}${sides.direction === 'none' ? '' : since}\n\n${lines.join('')}\n`
}

/** What differs on one side, and what to do; nothing if nothing does. */
function line(names: readonly string[], title: string, todo: string): string {
  return names.length === 0 ? '' : `- **${title}** (${names.length}): ${namesText(names)}. ${todo}\n`
}
