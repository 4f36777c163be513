import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { readText, statIfExists } from '../read-file.ts'
import { type Ref, splitRef } from '../ref.ts'

/** What an option or an argument takes. */
export type ValueKind =
  | 'file'
  | 'directory'
  | 'side'
  | 'profile'
  | 'environment'
  | 'ref'
  | 'glob'
  | 'kind'
  | 'wave'
  | 'topic'
  | 'free'

/** A value that a shell offers. */
export interface Candidate {
  readonly value: string
  readonly description?: string
  /** More follows: the shell adds no space. */
  readonly partial?: true
}

/** What the line that is completed says besides the value. */
export interface CompletedLine {
  /** What is typed of the value. */
  readonly typed: string
  /** Snapshots that the line names. */
  readonly snapshots: readonly string[]
  /** The waves file that the line names. */
  readonly waves?: string
}

type CompletionContext = Pick<Context, 'kinds' | 'env' | 'cwd' | 'home' | 'trust'>

/**
 * The values that an option or an argument may have here. Reads only files of this machine, and no server; shows names, never
 * values. Throws if a file cannot be read, in which case a shell offers nothing.
 */
export async function valueCandidates(
  kind: ValueKind,
  line: CompletedLine,
  context: CompletionContext,
): Promise<readonly Candidate[]> {
  switch (kind) {
    case 'profile':
      return named(await profiles(context))
    case 'side':
      return line.typed === '' ? [] : named((await profiles(context)).map((name) => `profile:${name}`))
    case 'environment':
      return named(await environments(line, context))
    case 'wave':
      return named(await waves(line, context))
    case 'kind':
      return kinds(await refsOf(line, context), context)
    case 'ref':
      return refs(await refsOf(line, context), line, false, context)
    case 'glob':
      return refs(await refsOf(line, context), line, true, context)
    case 'topic':
      return topics(line, context)
    default:
      return []
  }
}

function named(values: readonly string[]): readonly Candidate[] {
  return values.map((value) => ({ value }))
}

async function profiles(context: CompletionContext): Promise<readonly string[]> {
  const { profileNames } = await import('../profile/profile-names.ts')
  return profileNames(context).profiles.map(({ name }) => name)
}

async function environments({ snapshots }: CompletedLine, context: CompletionContext): Promise<readonly string[]> {
  const { readPolicy } = await import('../project/policy-file.ts')
  return Object.keys(readPolicy(snapshots[0] ?? 'snapshot.yaml', context).environments)
}

async function waves({ waves: file = 'waves.yaml' }: CompletedLine, { cwd }: CompletionContext) {
  const { parseWaves } = await import('../migration/waves.ts')
  return parseWaves(file, readText(resolve(cwd, file), 'waves file', file)).waves.map(({ name }) => name)
}

/** The refs of the snapshots that the line names; undefined if it names none that is there. */
async function refsOf({ snapshots }: CompletedLine, context: CompletionContext): Promise<readonly Ref[] | undefined> {
  const [{ readSources, isPath }, { revisionOf }, { scanRefs }] = await Promise.all([
    import('../store/files.ts'),
    import('../store/revision.ts'),
    import('../snapshot/scan-refs.ts'),
  ])
  const usable = snapshots.filter((path) => {
    if (!isPath(path)) return revisionOf(path) !== undefined
    const found = statIfExists(resolve(context.cwd, path))
    // Nothing else can be read: a FIFO would be waited for.
    return found?.isDirectory() || found?.isFile()
  })
  if (usable.length === 0) return undefined
  const noInput = { ...context, stdin: async () => Buffer.alloc(0) }
  const read = await Promise.allSettled(usable.map((path) => readSources(path, noInput)))
  const texts = read.flatMap((one) => (one.status === 'fulfilled' ? one.value.map(({ text }) => text) : []))
  return [...new Set(texts.flatMap(scanRefs))]
}

/** The kinds of the snapshot with the number of their resources, or every kind. */
function kinds(found: readonly Ref[] | undefined, { kinds: all }: CompletionContext): readonly Candidate[] {
  if (!found) return all.map(({ name, doc }) => ({ value: name, description: doc }))
  return [...countByKind(found)].map(([value, number]) => ({ value, description: resources(number) }))
}

/** Longer lists are offered part by part, as paths are. */
const most = 500

/** First the kinds, then their keys; with globs, also all of a kind. */
function refs(
  found: readonly Ref[] | undefined,
  { typed }: CompletedLine,
  isGlob: boolean,
  { kinds: all }: CompletionContext,
): readonly Candidate[] {
  if (!typed.includes('/')) {
    const counted = found
      ? [...countByKind(found)].map(([kind, number]) => [kind, resources(number)] as const)
      : all.map(({ name, doc }) => [name, doc] as const)
    return counted.map(([kind, description]) => ({ value: `${kind}/`, description, partial: true }))
  }
  const fitting = (found ?? []).filter((ref) => ref.startsWith(typed))
  const every = isGlob && /^[a-z-]+\/$/.test(typed) ? [{ value: `${typed}**`, description: 'all of this kind' }] : []
  if (fitting.length <= most) return [...every, ...named(fitting)]
  const parts = fitting.map((ref) => {
    const slash = ref.indexOf('/', typed.length)
    return slash < 0 ? ref : ref.slice(0, slash + 1)
  })
  const steps = [...new Set(parts)].map((value) =>
    value.endsWith('/') ? { value, partial: true as const } : { value },
  )
  return [...every, ...steps]
}

function countByKind(found: readonly Ref[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const ref of found) counts.set(splitRef(ref).kind, (counts.get(splitRef(ref).kind) ?? 0) + 1)
  return counts
}

function resources(number: number): string {
  return number === 1 ? '1 resource' : `${number} resources`
}

/** What `explain` explains: with a snapshot its resources, else codes, kinds, and after a dot the fields of a kind. */
async function topics(line: CompletedLine, context: CompletionContext): Promise<readonly Candidate[]> {
  const found = line.snapshots.length > 0 ? await refsOf(line, context) : undefined
  if (found) return refs(found, line, false, context)
  const { explain } = await import('./explain.ts')
  const kind = context.kinds.find(({ name }) => line.typed.startsWith(`${name}.`))
  if (kind) {
    const subject = explain(kind.name, context)
    const fields = subject.type === 'kind' ? subject.fields : []
    return fields.map(({ path, doc }) => ({
      value: `${kind.name}.${path.replace(/^(spec|refs)\./, '')}`,
      description: doc,
    }))
  }
  const contents = explain(undefined, context)
  if (contents.type !== 'contents') return []
  return [
    ...contents.kinds.map(({ kind: value, doc }) => ({ value, description: doc })),
    ...contents.codes.map(({ code, meaning }) => ({ value: code, description: meaning })),
  ]
}
