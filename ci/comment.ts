import { literal } from '../src/report/markdown/markdown-escape.ts'
import type { Comment, Forge, Log, Review } from './forge.ts'
import { ForgeError } from './forge-http.ts'
import type { PlanDigest } from './reviewed-plan.ts'

/** The first line of a comment, which no reader sees: by it, later jobs find the comment and know its plan. */
export interface Marker {
  readonly environment: string
  /** The commit that was planned. */
  readonly commit: string
  /** Absent if the comment shows no plan. */
  readonly plan?: PlanDigest
}

/** The limit of GitHub, in characters. A report has 60,000 at most. */
const maxLength = 65_000
/** The hashes of single changes are left out of a longer first line. */
const maxChangesLength = 4_000

/** The first line of a comment. */
export function markerText({ environment, commit, plan }: Marker): string {
  const changes = Object.entries(plan?.changes ?? {}).map(([id, hash]) => `${encoded(id)}:${hash}`)
  const text = changes.join(',')
  const parts = [
    `environment=${encoded(environment)}`,
    `commit=${encoded(commit)}`,
    ...(plan ? [`plan=${plan.total}`] : []),
    ...(plan?.changes && text.length <= maxChangesLength ? [`changes=${text}`] : []),
  ]
  return `<!-- prefect-snapshot ${parts.join(' ')} -->`
}

/** Without white space and the end of a comment. Half a character, which no URL can have, is replaced. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))
}

/** Reads the first line of a comment; undefined if this program did not write it. */
export function markerOf(body: string): Marker | undefined {
  try {
    return readMarker(body)
  } catch {
    // An escape sequence that is none.
    return undefined
  }
}

function readMarker(body: string): Marker | undefined {
  const [, text] = /^<!-- prefect-snapshot ((?:\w+=\S* )+)-->/.exec(body) ?? []
  if (text === undefined) return undefined
  const parts = new Map(
    text
      .trim()
      .split(' ')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  )
  const [total, changes] = [parts.get('plan'), parts.get('changes')]
  return {
    environment: decodeURIComponent(parts.get('environment') ?? ''),
    commit: decodeURIComponent(parts.get('commit') ?? ''),
    ...(total === undefined
      ? {}
      : { plan: { total, ...(changes === undefined ? {} : { changes: changesOf(changes) }) } }),
  }
}

function changesOf(text: string): Record<string, string> {
  const pairs = text.split(',').filter(Boolean)
  return Object.fromEntries(
    pairs.map((pair) => [
      decodeURIComponent(pair.slice(0, pair.lastIndexOf(':'))),
      pair.slice(pair.lastIndexOf(':') + 1),
    ]),
  )
}

/** The comment on one environment in one review. */
export interface ReviewComment {
  /** The marker of the present comment. */
  marker(): Promise<Marker | undefined>
  /** Replaces the comment, or writes the first one; nothing if the review has a newer commit. */
  write(marker: Omit<Marker, 'environment'>, text: string): Promise<void>
  /** Replaces the comment if there is one. */
  replace(marker: Omit<Marker, 'environment'>, text: string): Promise<void>
}

/** Opens the comment on an environment. There is one at most: others with the same marker are deleted. */
export function commentOn(forge: Forge, review: Review, environment: string, log: Log): ReviewComment {
  const ours = async (): Promise<readonly Comment[]> =>
    (await forge.comments(review)).filter(({ body }) => markerOf(body)?.environment === environment)

  async function write(marker: Omit<Marker, 'environment'>, text: string, create: boolean): Promise<void> {
    const head = await forge.headOf(review)
    if (head !== forge.commit) return log.say(`The comment is left to the job of the newer commit ${short(head)}.`)
    const [first, ...others] = await ours()
    const body = bodyOf({ environment, ...marker }, text, forge)
    if (first) await forge.updateComment(review, first.id, body)
    else if (create) await forge.createComment(review, body)
    for (const { id } of others) await forge.deleteComment(review, id)
  }
  return {
    marker: async () => {
      const [first] = await ours()
      return first && markerOf(first.body)
    },
    write: (marker, text) => write(marker, text, true),
    replace: (marker, text) => write(marker, text, false),
  }
}

function bodyOf(marker: Marker, text: string, { jobUrl }: Forge): string {
  const job = jobUrl === '' ? '' : ` · [job](${jobUrl})`
  const foot = `\n\n<sub>${literal(marker.environment)} · commit ${short(marker.commit)}${job}</sub>\n`
  const head = `${markerText(marker)}\n`
  const room = maxLength - head.length - foot.length
  const cut = '\n\n**The rest did not fit.** The summary of the job has it all.'
  return head + (text.length > room ? text.slice(0, room - cut.length) + cut : text.trimEnd()) + foot
}

/** A commit as people name it. */
export function short(commit: string): string {
  return commit.slice(0, 10)
}

/**
 * Runs requests for a comment. In a review from a fork, whose token may only read, a refusal is a warning. Returns
 * whether the comment was written.
 */
export async function tryComment(forge: Forge, log: Log, write: () => Promise<void>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error
    const refused = [401, 403, 404].includes(error.status ?? 0)
    if (refused && forge.isForeign) {
      log.notice('warning', `The comment could not be written, since the ${forge.reviewName} is from a fork.`)
      return true
    }
    const why = refused ? ' The token needs the permission to write comments on it.' : ''
    log.notice('error', `The comment on the ${forge.reviewName} could not be written: ${error.message}${why}`)
    return false
  }
}
