import { join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Id, Ref, Resource } from '../model.ts'
import { readBytes, statIfExists } from '../read-file.ts'
import { placeholderNames } from '../secrets/placeholders.ts'
import { writeWhole } from '../store/whole-file.ts'
import { type FormatName, writers } from '../writers/all.ts'

/** How resources are written in a format of another tool. */
export interface WriteAsRequest {
  readonly as: FormatName
  /** A folder. */
  readonly output: string
  /** Replaces files of other content. */
  readonly overwrite?: boolean | undefined
}

/** What was written in a format of another tool. */
export interface WrittenAs {
  /** Paths as the user names them. */
  readonly files: readonly string[]
  /** The resources in them. */
  readonly held: readonly Resource[]
  /** What the format cannot hold. */
  readonly issues: readonly Issue[]
}

/** Throws `Failure` if the options do not go together; before anything is read. */
export function refuseWriteAs(as: FormatName, output: string, others: readonly string[]): void {
  const usage = (message: string, fix: string) => new Failure([{ code: 'usage', severity: 'error', message, fix }])
  if (output === '-')
    throw usage(`--as ${as} writes files to a directory.`, 'Pass -o with a directory, for example -o out/.')
  const [other] = others
  if (other !== undefined)
    throw usage(
      `--as ${as} writes files of another format, and ${other} is about a snapshot.`,
      `Leave out --as or ${other}.`,
    )
}

/** Writes resources in a format of another tool: all files, or none if one of them would replace something else. */
export async function writeAs(
  { as, output, overwrite = false }: WriteAsRequest,
  resources: readonly Resource[],
  context: Context,
  idOf?: (ref: Ref) => Id | undefined,
): Promise<WrittenAs> {
  const { kinds, cwd } = context
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const writer = await writers[as].load()
  const { files, held, issues } = writer.write({
    resources: withVariables(resources, context),
    isBuiltin: (resource) => byName.get(resource.kind)?.builtin?.(resource) === true,
    ...(idOf ? { idOf } : {}),
  })
  const folder = resolve(cwd, output)
  const named = Object.entries(files).map(([name, text]) => ({
    path: join(folder, name),
    name: join(output, name),
    text,
  }))
  if (!overwrite) refuseOthers(named)
  for (const { path, text } of named) await writeWhole(path, text, { durable: true })
  return { files: named.map(({ name }) => name), held, issues }
}

/** The same resources; every secret names an environment variable, since other tools do not know the other sources. */
function withVariables(resources: readonly Resource[], { kinds }: Context): Resource[] {
  const nameOf = placeholderNames(kinds)
  return resources.map((resource) => {
    const { kind, key } = resource
    const secrets = Object.entries(resource.secrets).map(([pointer, source]) => {
      const as = 'as' in source && source.as !== undefined ? { as: source.as } : {}
      return [pointer, 'env' in source ? source : { env: nameOf(kind, key, pointer), ...as }] as const
    })
    return secrets.length === 0 ? resource : { ...resource, secrets: Object.fromEntries(secrets) }
  })
}

function refuseOthers(files: readonly { readonly path: string; readonly name: string; readonly text: string }[]): void {
  const different = files.filter(
    ({ path, name, text }) =>
      statIfExists(path, name) !== undefined && readBytes(path, 'snapshot', name).toString() !== text,
  )
  if (different.length === 0) return
  throw new Failure(
    different.map(({ name }) => ({
      code: 'overwrite-refused',
      severity: 'error',
      message: `${name} exists and has other content.`,
      fix: 'Pass --overwrite to replace it, or another directory.',
    })),
  )
}
