import { join } from 'node:path'
import type { Kind } from '../kind.ts'
import { initFiles, type Part } from '../project/init-files.ts'
import { fileFailure, readTextIfExists } from '../read-file.ts'
import { writeWhole } from '../store/disk.ts'
import type { ExitStatus, Io } from './io.ts'
import { schemaText } from './schema.ts'

export interface InitFlags {
  readonly folder: string
  readonly snapshot: string
  /** The GitHub Action that the workflows use, with its commit. */
  readonly action: string
  readonly force?: boolean
}

type Fate = 'written' | 'as it should be' | 'left as it is' | 'replaced' | 'lines added'

/** Makes a repository ready. What is there is left as it is, unless it is told otherwise; each file is told of. */
export async function init(
  { folder, force, ...flags }: InitFlags,
  kinds: readonly Kind[],
  io: Io,
): Promise<ExitStatus> {
  const parts = initFiles(flags.snapshot, flags.action, schemaText(kinds))
  const fates: Fate[] = []
  for (const part of parts) fates.push(await place(folder, part, force === true))
  const width = Math.max(...fates.map(({ length }) => length))
  io.out(parts.map(({ path }, at) => `${(fates[at] ?? '').padEnd(width)}  ${path}\n`).join(''))
  if (!io.quiet) io.err(hints(parts, fates, flags))
  return 'ok'
}

async function place(folder: string, part: Part, force: boolean): Promise<Fate> {
  const path = join(folder, part.path)
  try {
    const before = readTextIfExists(path, 'project file')
    if (before === part.text) return 'as it should be'
    if (before === undefined) {
      await writeWhole(path, part.text)
      return 'written'
    }
    const missing = part.lines ? missingLines(before, part.text) : undefined
    if (missing === '') return 'as it should be'
    if (!force) return 'left as it is'
    await writeWhole(path, missing === undefined ? part.text : before.replace(/(?<=[^\n])$/, '\n') + missing)
    return missing === undefined ? 'replaced' : 'lines added'
  } catch (error) {
    throw fileFailure('write', path, error)
  }
}

function missingLines(before: string, wanted: string): string {
  const there = new Set(before.split(/\r?\n/))
  return wanted
    .split('\n')
    .filter((line) => line !== '' && !there.has(line))
    .map((line) => `${line}\n`)
    .join('')
}

/** What is left for a person to do. */
function hints(
  parts: readonly Part[],
  fates: readonly Fate[],
  { snapshot, action }: Omit<InitFlags, 'folder'>,
): string {
  const left = parts.filter((_, at) => fates[at] === 'left as it is')
  const lines = [
    ...left.map(({ path, text, lines }) =>
      lines
        ? `${path} is yours; it wants these lines:\n${text.replace(/^/gm, '    ').trimEnd()}`
        : `${path} is yours; --force replaces it`,
    ),
    ...(action.includes('COMMIT')
      ? [`In .github/workflows/ put the action's repository and commit for ${action}`]
      : []),
    'For the resource in the header of each hunk of git diff:',
    "    git config diff.prefect-snapshot.xfuncname '^key: .*$'",
    `Then: prefect-snapshot export --profile PROFILE -o ${snapshot}`,
  ]
  return `\n${lines.join('\n')}\n`
}
