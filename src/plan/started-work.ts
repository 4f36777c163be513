import type { Issue } from '../issue.ts'
import { withKeptState } from '../kind/switched-off.ts'
import type { Kind } from '../kind.ts'
import type { Plan } from '../model.ts'
import { namesOf, plural } from '../plain-text.ts'
import { splitRef } from '../ref.ts'

/** The warning about existing resources that a plan sets to work; none for a single one, whose change says it. */
export function startsWork({ changes }: Pick<Plan, 'changes'>, kinds: readonly Kind[]): Issue[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const started = changes.flatMap((change) => {
    const kind = byName.get(splitRef(change.ref).kind)
    if (change.action !== 'update' || !kind?.startsWork || kind.startsWork(change.before)) return []
    return kind.startsWork(withKeptState(kind, change.before, change.after)) ? [change.ref] : []
  })
  if (started.length < 2) return []
  const message = `${plural(started.length, 'resource')} that are paused or disabled on the server would start to run: ${namesOf(started)}.`
  const fix = 'To leave them as they are, pass --activation keep.'
  return [{ code: 'starts-work', severity: 'warning', message, fix }]
}
