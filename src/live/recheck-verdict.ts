import type { Issue } from '../issue.ts'
import type { Change, Id, LiveResource, Reader, Recognized, Ref, Resource, SameName } from '../model.ts'
import { nameInKey, refOf, splitRef } from '../ref.ts'
import { changedText } from '../spec/fingerprint.ts'
import type { Look } from './look.ts'
import { type Base, isAsPlanned, nameOf, renamed, withoutCleared } from './recheck-base.ts'

type Ids = ReadonlyMap<Ref, Id>
type Create = Change & { readonly action: 'create' }

const unmoved: Recognized = { state: 'unmoved' }

/** What has to be read to judge a change. */
export function subjectsOf(base: Base, change: Change): readonly Resource[] {
  const own = 'before' in change ? [base.resources.get(change.before.id) ?? change.before] : []
  const along = change.action === 'delete' ? (change.along ?? []) : []
  const after = 'after' in change ? [change.after, ...base.referents(change.after)] : []
  return [...after, ...(base.sameName.get(nameOf(change.ref)) ?? []), ...along, ...own]
}

/** What has become of the resource of a change. */
export function recognize(base: Base, change: Change, look: Look, ids: Ids): Recognized {
  switch (change.action) {
    case 'create':
      return orWithoutReferent(base, change, look, newcomer(base, change, look, ids))
    case 'patch-cycle': {
      const now = look.resources.get(ids.get(change.ref) as Id)
      return now && isAsPlanned(base, now, change.after) ? { state: 'as-planned', id: now.id } : unmoved
    }
    case 'update': {
      const found = existing(base, change, look)
      const isTaken = refOf(change.before) !== change.ref && strangers(base, change, look, ids).length > 0
      if (found.state === 'unmoved' && isTaken) return moved(change.ref, 'was created by somebody else')
      return orWithoutReferent(base, change, look, found)
    }
    case 'delete': {
      const found = existing(base, change, look)
      return found.state === 'unmoved' ? takenAlong(base, change, look) : found
    }
  }
}

/** What has become of an existing resource. */
function existing(base: Base, change: Change & { readonly action: 'update' | 'delete' }, look: Look): Recognized {
  const { ref, before } = change
  const now = look.resources.get(before.id)
  if (!now) {
    if (change.action === 'delete') return { state: 'as-planned' }
    const isAgain = [...look.resources.values()].some((resource) => refOf(resource) === refOf(before))
    return moved(ref, isAgain ? 'was deleted and created again' : 'was deleted or renamed')
  }
  const key = look.keyNow(now.id) ?? now.key
  if (![before.key, splitRef(ref).key].some((own) => nameInKey(own) === nameInKey(key)))
    return moved(ref, `was renamed to ${key}`)
  const text = textOfChange(base, before, now)
  // An undo also writes what does not differ, so this comes first.
  if (text === undefined) return unmoved
  const isPlanned = change.action === 'update' && isAsPlanned(base, { ...now, key }, change.after)
  return isPlanned ? { state: 'as-planned', id: now.id } : moved(ref, `was changed (${text})`)
}

/** Whether what a delete takes along was changed. */
function takenAlong(base: Base, change: Change & { readonly action: 'delete' }, { resources }: Look): Recognized {
  for (const child of change.along ?? []) {
    const now = resources.get(child.id)
    const text = now && textOfChange(base, child, now)
    if (text !== undefined)
      return moved(change.ref, `would be deleted with ${refOf(child)}, which was changed (${text})`)
  }
  return unmoved
}

function textOfChange(base: Base, before: LiveResource, now: LiveResource): string | undefined {
  const then = withoutCleared(base, base.resources.get(before.id) ?? before, now)
  return changedText(base.kindOf(refOf(before)), renamed(base, then), renamed(base, now))
}

/** What stands in the way of a create, or makes it needless. */
function newcomer(base: Base, change: Create, look: Look, ids: Ids): Recognized {
  const others = strangers(base, change, look, ids)
  const same = others.find((resource) => isAsPlanned(base, resource, change.after))
  if (same) return { state: 'as-planned', id: same.id }
  const [other] = others.filter((resource) => !isExpected(base, change, resource))
  if (!other) return unmoved
  const text = changedText(base.kindOf(change.ref), renamed(base, change.after as LiveResource), renamed(base, other))
  return moved(change.ref, `was created by somebody else${text === undefined ? '' : ` (${text})`}`)
}

/** A resource that a change refers to may be gone; a successor has another ID. */
function orWithoutReferent(base: Base, change: Change & { readonly after: Resource }, look: Look, found: Recognized) {
  if (found.state !== 'unmoved') return found
  const gone = base.referents(change.after).find(({ id }) => !look.resources.has(id))
  return gone ? moved(change.ref, `refers to ${refOf(gone)}, which was deleted or renamed`) : found
}

/** The resources with the name of a change that neither the plan knew nor this apply created. */
function strangers(base: Base, { ref }: Change, look: Look, ids: Ids): LiveResource[] {
  const ours = new Set(ids.values())
  const kind = base.kindOf(ref)
  const key = kind.ambiguous ? nameInKey(splitRef(ref).key) : splitRef(ref).key
  return [...look.objects].flatMap(([id, read]) => {
    const resource = look.resources.get(id)
    if (read.kind.name !== kind.name || !resource || base.resources.has(id) || ours.has(id)) return []
    return look.keyNow(id) === key ? [{ ...resource, key }] : []
  })
}

/** Whether another change of the plan makes this resource: somebody else may apply the same snapshot. */
function isExpected(base: Base, change: Create, resource: LiveResource): boolean {
  return base.changes.some(
    (other) =>
      other !== change &&
      'after' in other &&
      nameOf(other.ref) === nameOf(change.ref) &&
      isAsPlanned(base, resource, other.after),
  )
}

/** The resource that a change has created, and those that somebody else has created under its name. */
export function sameNameOf(base: Base, change: Create, look: Look, ids: Ids): readonly SameName[] {
  const isSame = (resource: LiveResource) => isAsPlanned(base, resource, change.after)
  const mine = look.resources.get(ids.get(change.ref) as Id)
  const rivals = strangers(base, change, look, ids).filter(
    (resource) => isSame(resource) || !isExpected(base, change, resource),
  )
  return [...(mine ? [mine] : []), ...rivals].map((resource) => ({ resource, same: isSame(resource) }))
}

/** Whether somebody has begun to use what a change deletes. */
export async function usersOf(base: Base, change: Change, reader: Reader, ids: Ids): Promise<Recognized> {
  // What was not read completely may have been there before.
  if (change.action !== 'delete' || base.live.complete.size === 0) return unmoved
  const users = await base.kindOf(change.ref).usedBy?.(reader, change.before)
  const ours = new Set(ids.values())
  const other = users?.find(({ id }) => !base.resources.has(id) && !ours.has(id))
  return other ? moved(change.ref, `has been used by ${other.what}`) : unmoved
}

function moved(ref: Ref, how: string): Recognized {
  return { state: 'moved', issue: changedMeanwhile(ref, how) }
}

/** The issue of a change that is not made because its resource has changed since the plan was made. */
export function changedMeanwhile(ref: Ref, how: string): Issue {
  return {
    code: 'changed-meanwhile',
    severity: 'error',
    message: `${ref} ${how} after the plan was made, so it is left as it is.`,
    ref,
    fix: 'Run the command again: it plans with what the server has now.',
  }
}
