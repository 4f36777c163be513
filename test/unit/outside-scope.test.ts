import { describe, expect, it } from 'vitest'
import type { Resource, Scope } from '../../src/model.ts'
import { outsideScope } from '../../src/selection/outside-scope.ts'
import { resource, snapshot, toyKinds } from '../support/toy-kinds.ts'

const outside = (scope: Partial<Scope>, resources: readonly Resource[]) => {
  const made = snapshot(...resources)
  return outsideScope({ ...made, scope: { ...made.scope, ...scope } }, toyKinds, () => undefined)
}
const refsOf = (...args: Parameters<typeof outside>) => outside(...args).map(({ ref }) => ref)
const tagged = resource('a/tagged', { spec: { tags: ['team-a', 'x'] } })
const other = resource('a/other', { spec: { tags: ['team-b'] } })
const bare = resource('a/bare')
const user = resource('b/user', { refs: { a: 'a/bare' } })

describe('a document outside of the scope of its snapshot', () => {
  it.each<[string, Partial<Scope>, readonly Resource[], readonly string[]]>([
    ['nothing, where the scope is everything', {}, [tagged, other, bare, user], []],
    ['what lacks the tag', { tags: ['team-a'] }, [tagged, other, bare], ['a/bare', 'a/other']],
    ['what lacks all of several tags', { tags: ['team-a', 'team-b'] }, [tagged, other, bare], ['a/bare']],
    ['what is of another kind', { kinds: ['b'] }, [user, bare, other], ['a/other']],
    ['what no glob matches', { include: ['b/**', 'a/o*'] }, [user, bare, other, tagged], ['a/tagged']],
    ['what is excluded', { exclude: ['a/o*'] }, [bare, other], ['a/other']],
    ['not what the scope needs', { include: ['b/**'] }, [user, bare], []],
    ['not its dependents where they are meant', { include: ['a/bare'], dependents: true }, [user, bare], []],
    ['its dependents where they are not', { include: ['a/bare'] }, [user, bare], ['b/user']],
    ['nothing, where an overlay has changed the names', { include: [] }, [bare], []],
  ])('is reported: %s', (_, scope, resources, refs) => {
    expect(refsOf(scope, resources)).toEqual(refs)
  })

  it('is reported with the condition that it does not meet, and what to do', () => {
    const texts = (scope: Partial<Scope>) => outside(scope, [bare]).map(({ message, fix }) => `${message} ${fix}`)
    expect(texts({ tags: ['team-a'] })).toEqual([
      "a/bare is outside of the scope of the snapshot, --include '**' --tag team-a: it does not have the tag team-a. Apply creates it, but --prune never deletes it. Add the tag to its tags, or widen scope: in the header.",
    ])
    expect(texts({ exclude: ['a/**'] })[0]).toContain('a/** excludes it.')
    expect(texts({ include: ['b/**', 'c/**'] })[0]).toContain('b/** and c/** do not match it.')
    expect(texts({ kinds: ['b'] })[0]).toContain('its kind is not b.')
  })
})
