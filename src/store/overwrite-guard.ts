import { isUtf8 } from 'node:buffer'
import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { isObject } from '../json.ts'
import { readBytes, readStart, statIfExists } from '../read-file.ts'
import { formatDocument } from '../snapshot/format.ts'
import { hasComments, type ReadDocument } from '../snapshot/yaml/comments.ts'
import { cutStream } from '../snapshot/yaml/documents.ts'
import { readValue } from '../snapshot/yaml/yaml-value.ts'
import { type Uncommitted, uncommittedIn } from './uncommitted.ts'

/** What may be replaced. */
export interface OverwriteRule {
  /** Replaces whatever is there. */
  readonly overwrite?: boolean
  /** What else can be done, for the error. */
  readonly advice: string
  /** Environment of `git`. */
  readonly env: Context['env']
}

/** A path, and what it is called in messages. */
interface Named {
  readonly path: string
  readonly name: string
}

/** The content of a file, with each of its documents read once. No text and no document if it is not UTF-8. */
interface Content {
  readonly bytes: Buffer
  readonly text: string
  readonly documents: readonly ReadDocument[]
}

/** Reads the documents of a file. */
export function contentOf(bytes: Buffer): Content {
  const text = isUtf8(bytes) ? bytes.toString('utf8') : ''
  return { bytes, text, documents: cutStream('', text).map((chunk) => ({ chunk, read: readValue(chunk) })) }
}

/** What replacing a file would lose, as the end of a sentence about it; undefined if an export can write all of it again. */
export function lossOf({ bytes, text, documents }: Content): string | undefined {
  if (bytes.length === 0) return undefined
  const [first] = documents.map(({ read }) => ('value' in read ? read.value : undefined))
  const isPart = isObject(first) && (first.kind === 'snapshot' || (first.kind !== undefined && first.key !== undefined))
  if (!isPart) return 'is not a snapshot'
  if (documents.some(({ read }) => read.issues.length > 0)) return 'has edits that cannot be read'
  return hasComments(text, documents) ? 'has comments, which would be lost' : undefined
}

/** What replacing a file would lose because git cannot bring it back: edits, or a form that somebody gave it. */
function uncommittedLoss(state: Uncommitted | undefined, content: Content): string | undefined {
  if (state === 'edited') return 'has edits that are not committed'
  return state === 'untracked' && !isAsWritten(content)
    ? 'is not committed, and somebody has edited it, since it is not as an export writes it'
    : undefined
}

/** Whether a text is byte for byte as this tool writes its values. */
function isAsWritten({ text, documents }: Content): boolean {
  const written = documents.map(({ read }) =>
    'value' in read && isObject(read.value) ? formatDocument(read.value) : '',
  )
  return written.join('---\n') === text
}

/**
 * Throws `Failure` if writing a snapshot over a file would lose something: what is not a snapshot, comments, or edits that
 * are not committed to git. Without `bytes`, its new content, git is not asked.
 */
export async function refuseFileLoss(
  { path, name }: Named,
  { overwrite, advice, env }: OverwriteRule,
  bytes?: Uint8Array,
): Promise<void> {
  if (overwrite || statIfExists(path, name)?.isFile() !== true) return
  const before = readBytes(path, 'snapshot', name)
  if (bytes && before.equals(bytes)) return
  const content = contentOf(before)
  const loss = lossOf(content)
  if (loss !== undefined) throw new Failure([refusal(name, loss, advice)])
  const target = realpathSync(path)
  if (!bytes) return
  const uncommitted = await uncommittedIn(dirname(target), target, { env })
  const edits = uncommittedLoss(uncommitted.get(target), content)
  if (edits !== undefined) throw new Failure([refusal(name, edits, advice)])
}

/** The same for files of a directory that change or are removed, with their present content; reports all of them. */
export async function refuseDirectoryLoss(
  { path, name }: Named,
  files: readonly { readonly file: string; readonly before: Buffer }[],
  { overwrite, advice, env }: OverwriteRule,
): Promise<void> {
  if (overwrite || files.length === 0) return
  const root = realpathSync(path)
  const uncommitted = await uncommittedIn(root, root, { env })
  const issues = files.flatMap(({ file, before }) => {
    const content = contentOf(before)
    const loss = lossOf(content) ?? uncommittedLoss(uncommitted.get(join(root, file)), content)
    return loss === undefined ? [] : [refusal(join(name, file), loss, advice)]
  })
  if (issues.length > 0) throw new Failure(issues)
}

/** Throws `Failure` if a path has a file of another sort than the one that is to be written; `isOne` looks at its first bytes. */
export function refuseOtherFile({ path, name }: Named, sort: string, isOne: (start: Buffer) => boolean): void {
  const about = statIfExists(path, name)
  if (about?.isFile() !== true || about.size === 0 || isOne(readStart(path, 1000))) return
  throw new Failure([refusal(name, `is not ${sort}`, 'Choose another path, or remove the file.')])
}

function refusal(name: string, loss: string, fix: string): Issue {
  const message = `${name} is not overwritten: it ${loss}.`
  return { code: 'overwrite-refused', severity: 'error', message, fix }
}
