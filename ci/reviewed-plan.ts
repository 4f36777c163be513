import { createHash } from 'node:crypto'
import { byCodePoint, type Json, sortKeys, writeJson } from '../src/json.ts'
import type { ChangeReport } from '../src/report/model/change-report.ts'
import type { PlanReport } from '../src/report/model/report.ts'

/** What a comment knows of its plan, to compare a later plan with it. */
export interface PlanDigest {
  /** A hash of all changes, and of the server. */
  readonly total: string
  /** A short hash for each change, by its ID; absent if there are too many for a comment. */
  readonly changes?: Readonly<Record<string, string>>
}

const mostChanges = 200

/** The digest of a plan: of what changes from what to what, and not of when or why. */
export function digestOf({ changes, target }: Pick<PlanReport, 'changes' | 'target'>): PlanDigest {
  const each = changes.map((change) => [change.id, hash(contentOf(change))] as const)
  const sorted = each.sort(([a], [b]) => byCodePoint(a, b))
  const total = hash([target.url, ...sorted.map((pair) => [...pair])])
  return { total, ...(sorted.length > mostChanges ? {} : { changes: shortened(sorted) }) }
}

function shortened(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(pairs.map(([id, text]) => [id, text.slice(0, 12)]))
}

function contentOf({ id, action, fields, secrets, without }: ChangeReport): Json {
  return {
    ...{ id, action, without },
    fields: fields.map(({ pointer, path, before, after }) => ({
      ...{ pointer, path },
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    })),
    // Whether a secret has a value depends on the job, not on the change.
    secrets: secrets.map(({ pointer, env, source }) => ({ pointer, env: env ?? null, source: source ?? null })),
  }
}

function hash(value: Json): string {
  return createHash('sha256')
    .update(writeJson(sortKeys(value)))
    .digest('hex')
}

/** How a plan differs from the one that was reviewed: a text for each change, or one for all. Empty if they are the same. */
export function differencesFrom(reviewed: PlanDigest, now: PlanDigest): readonly string[] {
  if (reviewed.total === now.total) return []
  const [before, after] = [reviewed.changes, now.changes]
  if (!before || !after) return ['The plan has other changes.']
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(byCodePoint)
  const texts = ids.flatMap((id) => {
    if (before[id] === after[id]) return []
    if (before[id] === undefined) return [`${id} was not in the reviewed plan.`]
    if (after[id] === undefined) return [`${id} is no longer in the plan.`]
    return [`${id} changes in another way.`]
  })
  return texts.length > 0 ? texts : ['The plan is for another server.']
}
