import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { asSources } from '../import/as-sources.ts'
import { namesOfIds } from '../import/automations.ts'
import { checklistJson, checklistOf } from '../import/prefect1/checklist.ts'
import { checklistMarkdown } from '../import/prefect1/checklist-markdown.ts'
import { poolTypes } from '../import/prefect1/run-configs.ts'
import { Failure, type Issue } from '../issue.ts'
import { writeJson } from '../json.ts'
import type { Snapshot } from '../model.ts'
import { statIfExists } from '../read-file.ts'
import { writeText } from '../store/files.ts'
import { type ImportedFile, readImportedFiles } from '../store/imported-files.ts'
import { type Converted, writeConverted } from './convert.ts'

export interface ImportRequest {
  /** Files of other formats; `-` for standard input, `git:REV:path` for a revision. */
  readonly files: readonly string[]
  /** A file, a directory (ends in `/`), a bundle (ends in `.tar.gz` or `.tgz`), or `-`. */
  readonly output: string
  /** The format of all files; by default, the content of each tells. */
  readonly as?: string
  /** Outputs of build and push steps, `NAME=VALUE`. */
  readonly outputOf?: readonly string[]
  /** Resources that IDs in automation files name, `ID=KIND/KEY`. */
  readonly nameOf?: readonly string[]
  /** Work pools for run configs of Prefect 1, `TYPE=NAME` or `label:LABEL=NAME`. */
  readonly pool?: readonly string[]
  /**
   * An interpreter with Prefect 3, such as `.venv/bin/python`, which runs the code of the flows of a prefect.yaml to say what Prefect
   * takes from it: names, descriptions, versions and the schemas of parameters. No code is run without it.
   */
  readonly python?: string
  /** A file for what a person has to do: JSON if its name ends with `.json`, else Markdown. */
  readonly checklist?: string
  /** Replaces the output and the checklist, whatever they are. */
  readonly overwrite?: boolean
}

/** Writes files of other formats as one snapshot. Throws `Failure` with every error; then nothing is written. */
export async function importFiles(request: ImportRequest, context: Context): Promise<Converted> {
  const {
    files,
    output,
    overwrite = false,
    as: format,
    outputOf = [],
    nameOf = [],
    pool = [],
    checklist,
    python,
  } = request
  const names = namesOfIds(nameOf)
  if (!names)
    throw usage(
      '--name-of takes an ID and the resource that it names.',
      'Write --name-of ID=deployment/etl/prod, with the whole ID.',
    )
  const choice = {
    outputs: pairsOf('--output-of', outputOf, 'build-image.tag=v1'),
    names,
    pools: pairsOf('--pool', pool, 'kubernetes=k8s'),
    ...(format === undefined ? {} : { format }),
    ...(python === undefined ? {} : { python }),
  }
  refusePoolNames(choice.pools)
  const read = await readImportedFiles(files, choice, context)
  const list = checklist === undefined ? undefined : checklistFor(checklist, read, request, context)
  const converted = await writeConverted(asSources(read), { output, overwrite }, context)
  if (checklist !== undefined && list !== undefined) await writeText(checklist, list, context)
  return { ...converted, issues: [...converted.issues, ...(await possibleSecrets(converted.snapshot))] }
}

/** Values that look like secrets: the files of other formats have no place for them, so they are in clear text. */
async function possibleSecrets({ resources }: Snapshot): Promise<readonly Issue[]> {
  const { createScanner } = await import('../secrets/secret-scan.ts')
  const fix = 'Make a Secret block of it, and write {{ prefect.blocks.secret.NAME }} in its place in the snapshot.'
  return (await createScanner().found(resources)).map((issue) => ({ ...issue, fix }))
}

/** The text of the checklist. Throws `Failure` if there is nothing to list, or if it would replace a file, in which boxes may be ticked. */
function checklistFor(
  path: string,
  read: readonly ImportedFile[],
  { overwrite = false }: ImportRequest,
  { cwd }: Context,
): string | undefined {
  if (read.some(({ issues }) => issues.some(({ severity }) => severity === 'error'))) return undefined
  const flows = read.flatMap(({ flows = [] }) => flows)
  if (flows.length === 0) throw usage('--checklist lists flows of Prefect 1, and there are none.', 'Omit --checklist.')
  if (!overwrite && statIfExists(resolve(cwd, path), path))
    throw usage(
      `${path} already exists, and boxes in it may be ticked.`,
      'Pass --overwrite to replace it, or another path.',
    )
  const checklist = checklistOf(flows)
  return path.endsWith('.json') ? `${writeJson(checklistJson(checklist), 2)}\n` : checklistMarkdown(checklist)
}

/** Names of pools that no run config asks for are likely typing errors. */
function refusePoolNames(pools: Readonly<Record<string, string>>): void {
  for (const from of Object.keys(pools)) {
    if (from.startsWith('label:') || poolTypes.includes(from)) continue
    throw usage(
      `--pool ${from}=${pools[from]}: there is no type ${from}.`,
      `Types: ${poolTypes.join(', ')}; for a label, write label:${from}.`,
    )
  }
}

function pairsOf(option: string, given: readonly string[], example: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text): [string, string] => {
      const at = text.indexOf('=')
      if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)]
      throw usage(`${option} ${text} has no value.`, `Write ${option} ${example}.`)
    }),
  )
}

function usage(message: string, fix: string): Failure {
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
