import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { conditionsOf, matcherOf, tagsOf } from '../selection/scope.ts'
import { suggest } from '../suggest.ts'
import type { Wave, Waves } from './waves.ts'

/** Which resources of the old side belong to which wave. */
export interface Membership {
  /** The members of each wave, in the order of the snapshot. */
  readonly members: ReadonlyMap<string, readonly Ref[]>
  /** The waves of each resource that is in one or more. */
  readonly wavesOf: ReadonlyMap<Ref, readonly string[]>
  /** Resources that run by themselves and are in no wave. */
  readonly none: readonly Ref[]
  /** Waves, tags and globs that match nothing, and resources in two waves. */
  readonly issues: readonly Issue[]
}

/**
 * Whether resources of a kind run by themselves, so that they have to be switched from one server to another: a transfer
 * creates them paused or disabled.
 */
export function runsByItself({ disabledSpec }: Kind): boolean {
  return disabledSpec !== undefined
}

/** Assigns the resources of the old side to waves. Only deployments and automations, or what runs like them, are members. */
export function membershipOf(resources: readonly Resource[], kinds: readonly Kind[], { waves }: Waves): Membership {
  const switched = new Set(kinds.filter(runsByItself).map(({ name }) => name))
  const candidates = resources.filter(({ kind }) => switched.has(kind))
  const wavesOf = new Map<Ref, string[]>()
  const members = new Map<string, readonly Ref[]>()
  for (const wave of waves) {
    const refs = candidates.filter(conditionOf(wave)).map(refOf)
    members.set(wave.name, refs)
    for (const ref of refs) wavesOf.set(ref, [...(wavesOf.get(ref) ?? []), wave.name])
  }
  const none = candidates.map(refOf).filter((ref) => !wavesOf.has(ref))
  const issues = [...waves.flatMap((wave) => uselessIn(wave, candidates)), ...inSeveral(wavesOf, waves)]
  return { members, wavesOf, none, issues }
}

function conditionOf({ tag, include, exclude }: Wave): (resource: Resource) => boolean {
  return conditionsOf({
    include: include.length > 0 ? include : ['**'],
    exclude,
    ...(tag.length > 0 ? { tags: tag } : {}),
  })
}

/** What a wave names and the old side does not have. */
function uselessIn(wave: Wave, candidates: readonly Resource[]): Issue[] {
  const refs = candidates.map(refOf)
  const tags = new Set(candidates.flatMap(tagsOf))
  const globs = wave.include.flatMap((glob, index) => {
    const matches = matcherOf(glob)
    return refs.some(matches) ? [] : [nothing(wave, 'include', index, glob, suggest(glob, refs))]
  })
  const unused = wave.tag.flatMap((tag, index) =>
    tags.has(tag) ? [] : [nothing(wave, 'tag', index, tag, suggest(tag, tags))],
  )
  return [...globs, ...unused]
}

function nothing(
  wave: Wave,
  field: 'include' | 'tag',
  index: number,
  text: string,
  similar: string | undefined,
): Issue {
  const what = field === 'tag' ? `the tag "${text}"` : text
  const message = `Wave "${wave.name}": no deployment or automation of the old side has ${field === 'tag' ? what : `a name like ${what}`}.`
  const fix = similar ? `Did you mean ${similar}?` : 'Correct it, or remove it from the waves file.'
  return { code: 'empty-selection', severity: 'error', message, fix, place: wave.placeOf(field, index) }
}

function inSeveral(wavesOf: ReadonlyMap<Ref, readonly string[]>, waves: readonly Wave[]): Issue[] {
  return [...wavesOf].flatMap(([ref, names]): Issue[] => {
    const second = waves.find(({ name }) => name === names[1])
    if (!second) return []
    const message = `${ref} is in the waves ${names.map((name) => `"${name}"`).join(' and ')}.`
    const fix = 'Add it under exclude: to all but one of them.'
    return [{ code: 'duplicate-key', severity: 'error', message, ref, fix, place: second.place }]
  })
}
