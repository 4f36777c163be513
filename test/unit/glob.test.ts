import fc from 'fast-check'
import picomatch from 'picomatch'
import { describe, expect, it } from 'vitest'
import { compileGlob } from '../../src/selection/glob.ts'
import { matcherOf } from '../../src/selection/scope.ts'
import { runs } from '../support/property-runs.ts'

describe('a glob', () => {
  it.each([
    ['a/*', ['a/b', 'a/.', 'a/\n'], ['a', 'a/', 'a/b/c']],
    ['a/**', ['a', 'a/', 'a/b', 'a/b/c'], ['ab', 'b/a']],
    ['**/b', ['b', 'a/b', 'a/c/b'], ['ab', 'b/a']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb']],
    ['a/**/**', ['a', 'a/b'], ['ab']],
    ['a*/**', ['a/b', 'ab/c/d'], ['ab', 'b/a']],
    ['a**b', ['ab', 'axb'], ['a/b']],
    ['***', ['a'], ['', 'a/b']],
    ['a?', ['ab', 'a😀'], ['a', 'a/', 'abc']],
    ['{a,b/c}/d', ['a/d', 'b/c/d'], ['b/d']],
    ['x{,{y,z}*}', ['x', 'xy', 'xzz'], ['xa']],
    ['{**,x}/y', ['a/y', 'a/b/y', 'x/y'], ['y']],
    ['{a/**,b}', ['a/x/y', 'b'], ['b/x']],
    ['a{b*', ['a{bc'], ['abc']],
    ['a}b,{c}{}{1..3}*', ['a}b,{c}{}{1..3}'], ['a}b,c1']],
    ['[a]!(b)+@|^$.\\*', ['[a]!(b)+@|^$.\\', '[a]!(b)+@|^$.\\*'], ['a']],
  ])('%s matches %j, and not %j', (glob, yes, no) => {
    const matches = compileGlob(glob)
    expect(yes.filter((text) => !matches(text))).toEqual([])
    expect(no.filter(matches)).toEqual([])
  })

  it('matches itself, whatever it contains', () => {
    expect(matcherOf('a/{x,y}')('a/{x,y}')).toBe(true)
  })

  const part = fc.constantFrom(
    ...[
      'a',
      'b',
      'ab',
      '*',
      '**',
      'a*',
      '*b',
      'a?',
      '?',
      'a*b',
      '{a,b}',
      '{a,b}*',
      'x{,y}',
      '*.b',
      '{a,*b}',
      'a**',
      '[a]',
    ],
  )
  const name = fc.constantFrom('a', 'b', 'ab', 'x', 'xy', 'ba', 'aab', 'a.b', '[a]', 'a+b')
  const path = (item: fc.Arbitrary<string>) =>
    fc.array(item, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

  it('means what it means to picomatch', () => {
    fc.assert(
      fc.property(path(part), fc.array(path(name), { minLength: 5 }), (glob, names) => {
        const theirs = picomatch(glob.replace(/[[\]]/g, '\\$&'), { dot: true, nonegate: true, noextglob: true })
        const found = names.filter(compileGlob(glob))
        expect(found).toEqual(names.filter((name) => theirs(name)))
      }),
      { numRuns: runs(500) },
    )
  })

  // Each of these takes a backtracking matcher longer than anybody waits.
  it.each([
    ['variable/*a*a*a*a*a*ab', `variable/${'a'.repeat(5000)}`],
    [`${'*a'.repeat(200)}b`, 'a'.repeat(5000)],
    [`${'**/'.repeat(30)}a/**/b`, 'a/'.repeat(2500)],
    [`${'{a,aa}'.repeat(100)}b`, 'a'.repeat(5000)],
    [`${'{a*,*a}'.repeat(50)}b`, 'a'.repeat(1000)],
    [`${'{'.repeat(20_000)}${'a,b}'.repeat(20_000)}*`, 'c'],
    [`${'*/**/'.repeat(200)}x`, 'a/'.repeat(1000)],
  ])('that others match by trying everything ends (%#)', (glob, text) => {
    expect(compileGlob(glob)(text)).toBe(false)
  })

  it('gives the same answers after it has seen more texts than it remembers', () => {
    const matches = compileGlob('*a?????????????')
    const texts = Array.from({ length: 5000 }, (_, n) => n.toString(2).padStart(14, '0').replace(/0/g, 'a'))
    expect(texts.filter(matches)).toEqual(texts.filter((text) => text.at(-14) === 'a'))
  })
})
