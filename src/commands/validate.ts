import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { issuesText } from '../report/issues.ts'
import { plural } from '../report/style.ts'
import { type Parsed, parseSnapshot } from '../snapshot/parse.ts'
import { readSources } from './files.ts'
import { type Exit, exits, type Io } from './io.ts'

/** Reads a snapshot and refuses it, with every fault at once, unless it is sound. */
export async function loadSnapshot(path: string, kinds: readonly Kind[], io: Io): Promise<Parsed> {
  const parsed = parseSnapshot(await readSources(path, io), kinds)
  if (parsed.issues.some(({ severity }) => severity === 'error')) throw new Failure(parsed.issues, exits.usage)
  return parsed
}

/** file → snapshot | issues. Offline. */
export async function validate(paths: readonly string[], kinds: readonly Kind[], io: Io): Promise<Exit> {
  let exit: Exit = exits.ok
  for (const path of paths) {
    const { snapshot, issues } = parseSnapshot(await readSources(path, io), kinds)
    const errors = issues.filter(({ severity }) => severity === 'error').length
    io.err(issuesText(issues, io.errStyle))
    if (errors > 0) exit = exits.usage
    const warnings = issues.length - errors
    const verdict = errors > 0 ? io.style.red(plural(errors, 'fault')) : io.style.green('valid')
    const count = errors > 0 ? '' : `, ${plural(snapshot.resources.length, 'resource')}`
    io.out(`${path}: ${verdict}${count}${warnings > 0 ? `, ${plural(warnings, 'warning')}` : ''}\n`)
  }
  return exit
}
