import { dirname, join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { statIfExists } from '../read-file.ts'

/** A file in a git revision. */
export interface Blob {
  /** Relative to the requested path; `''` if that is the file itself. */
  readonly within: string
  readonly bytes: Buffer
}

/** A path in a git revision, written `git:REV:path`. */
export interface Revision {
  readonly rev: string
  /**
   * Relative to the root of the repository, or to the working directory if it begins with `./` or `../`, like in git.
   */
  readonly path: string
}

const limit = 1024 * 1024 * 1024

/** Parses `git:REV:path`; undefined for other paths. Throws `Failure` if the text begins with `git:` but is invalid. */
export function revisionOf(place: string): Revision | undefined {
  if (!place.startsWith('git:')) return undefined
  const [, rev = '', path] = /^git:([^:]*)(?::(.*))?$/s.exec(place) ?? []
  if (rev === '' || path === undefined)
    throw refused(
      `${place} does not have the form git:REV:path.`,
      'Examples: git:main:platform/, git:HEAD~1:./prod.snapshot.yaml.',
    )
  // Git would parse it as a flag.
  if (rev.startsWith('-')) throw refused(`"${rev}" is not a revision: it begins with -.`)
  return { rev, path: path.replace(/\/+$/, '') }
}

/** The path in the working tree that corresponds to a path in a revision. Files beside it there apply to it too. */
export function inWorkingTree({ path }: Revision, cwd: string): string {
  if (/^\.\.?(\/|$)/.test(path)) return resolve(cwd, path)
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (statIfExists(join(folder, '.git'))) return resolve(folder, path)
    if (folder === dirname(folder)) return resolve(cwd, path)
  }
}

/**
 * Reads a file, or the files of a folder that `wanted` accepts, from a revision. Runs `git` without a shell; filters,
 * text conversions and hooks of the repository are not used, and nothing is fetched.
 */
export async function readRevision(
  revision: Revision,
  wanted: (within: string) => boolean,
  context: Pick<Context, 'cwd' | 'env'>,
): Promise<Blob[]> {
  const { rev, path } = revision
  const git = openGit(context)
  const tree = await git(['rev-parse', '--verify', '--quiet', `${rev}^{tree}`])
  if (!tree)
    throw refused(`The repository has no revision "${rev}".`, 'List the revisions with git log --oneline --all.')
  const object = (await git(['rev-parse', '--verify', '--quiet', `${rev}:${path}`]))?.toString().trim()
  if (!object) throw await noPath(revision, git)
  const type = (await git(['cat-file', '-t', object]))?.toString().trim()
  if (type === 'blob') return blobsOf(['' as const], [object], git)
  if (type !== 'tree') throw refused(`${path} is not a file or folder in ${rev}, but a ${type ?? 'missing object'}`)
  const listed = String((await git(['ls-tree', '-r', '-z', '--full-tree', object])) ?? '')
  const files = listed.split('\0').flatMap((line) => {
    const [, id = '', within = ''] = /^100\d+ blob (\S+)\t(.*)$/s.exec(line) ?? []
    return id !== '' && wanted(within) ? [{ id, within }] : []
  })
  return blobsOf(
    files.map(({ within }) => within),
    files.map(({ id }) => id),
    git,
  )
}

/**
 * Runs git once. Returns its output, or undefined if it fails. Throws `Failure` if git or the repository is not usable.
 */
export type Git = (args: readonly string[], input?: string) => Promise<Buffer | undefined>

/** Runs `git` in a directory, never through a shell. */
export function openGit(context: Pick<Context, 'cwd' | 'env'>): Git {
  const env = { ...context.env, GIT_NO_LAZY_FETCH: '1', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
  return async (args, input) => {
    // Loaded on demand, because few commands need it.
    const { execFile } = await import('node:child_process')
    return new Promise((resolve, reject) => {
      const options = { cwd: context.cwd, env, encoding: 'buffer', maxBuffer: limit } as const
      const child = execFile('git', [...args], options, (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        const message = stderr.toString().trim()
        if (error.code === 'ENOENT') return reject(refused('Reading git:REV:path needs git, which is not installed.'))
        if (/not a git repository/.test(message)) return reject(refused(`${context.cwd} is not in a git repository.`))
        if (/dubious ownership/.test(message)) return reject(refused(message.split('\n')[0] ?? message))
        if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
          return reject(refused(`The revision has more than ${limit / 1024 / 1024} MiB to read.`))
        resolve(undefined)
      })
      child.stdin?.on('error', () => {})
      child.stdin?.end(input ?? '')
    })
  }
}

/** Reads objects with one `git cat-file`, which prints for each a line `ID blob SIZE`, its bytes, and a newline. */
async function blobsOf(names: readonly string[], ids: readonly string[], git: Git): Promise<Blob[]> {
  if (ids.length === 0) return []
  const answer = await git(['cat-file', '--batch'], `${ids.join('\n')}\n`)
  let at = 0
  return names.map((within) => {
    const end = answer?.indexOf(10, at) ?? -1
    const size = Number(/ blob (\d+)$/.exec(answer?.subarray(at, end).toString() ?? '')?.[1])
    if (!answer || end < 0 || !Number.isInteger(size))
      throw refused(
        `The git repository lacks the content of ${within || 'the file'}.`,
        'Run git fsck to see what the repository lacks.',
      )
    const bytes = answer.subarray(end + 1, end + 1 + size)
    at = end + 1 + size + 1
    return { within, bytes }
  })
}

/**
 * The error for a missing path. The most common mistake is a path relative to the root instead of the working
 * directory, or the reverse.
 */
async function noPath({ rev, path }: Revision, git: Git): Promise<Failure> {
  const other = /^\.\.?\//.test(path) ? path.replace(/^(\.\.?\/)+/, '') : `./${path}`
  const isThere = await git(['rev-parse', '--verify', '--quiet', `${rev}:${other}`])
  const rule = 'A path is relative to the root of the repository; with ./ before it, to the working directory.'
  return refused(
    `There is no ${path} in revision ${rev}.`,
    isThere ? `Did you mean git:${rev}:${other}? ${rule}` : rule,
  )
}

function refused(message: string, fix?: string): Failure {
  const issue: Issue = { code: 'invalid-revision', severity: 'error', message, ...(fix ? { fix } : {}) }
  return new Failure([issue])
}
