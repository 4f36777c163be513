import { readFileSync } from 'node:fs'
import { atLeast } from '../../src/version.ts'

/** What scripts/api-history.ts wrote: names in groups, by the range of releases that have them. */
interface History {
  readonly releases: readonly string[]
  readonly has: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

const { releases: all, has } = JSON.parse(
  readFileSync(new URL('../fixtures/api-history.json', import.meta.url), 'utf8'),
) as History

/** The releases of Prefect 3, oldest first. */
export const releases: readonly string[] = all.filter((release) => atLeast(release, '3.0.0'))
export const [oldest, newest] = [releases[0] as string, releases.at(-1) as string]

/** The release before one; undefined before the first. */
export function releaseBefore(version: string): string | undefined {
  return releases[releases.indexOf(version) - 1]
}

/** The names of a group, such as the fields of a model, on one release, or on any. */
export function namesOn(group: string, release?: string): readonly string[] {
  return Object.entries(has[group] ?? {}).flatMap(([range, names]) =>
    release === undefined || isIn(range, release) ? names : [],
  )
}

/** The first release of Prefect 3 that has a name of a group; undefined if none has. */
export function firstWith(group: string, name: string): string | undefined {
  return releases.find((release) => namesOn(group, release).includes(name))
}

function isIn(range: string, release: string): boolean {
  if (range === 'all') return true
  return range.split(' ').some((part) => {
    const [from = '', to = ''] = part.split('..')
    return (from === '' || atLeast(release, from)) && (to === '' || atLeast(to, release))
  })
}

/** All models that a field of a model leads to, on any release. */
export function modelsIn(model: string, field: string): readonly string[] {
  const found = new Set<string>()
  const open = [...namesOn(`${model}.${field}`)]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name) || !namesOn('models').includes(name)) continue
    found.add(name)
    for (const inner of namesOn(name)) open.push(...namesOn(`${name}.${inner}`))
  }
  return [...found]
}
