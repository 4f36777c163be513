import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches } from '../../src/selection/scope.ts'
import { anyText } from '../support/arbitrary.ts'

describe('a glob over refs', () => {
  it.each(['..', '.', 'a/../b', 'a\nb', '\u2028', '...', ''])('of everything matches the key %j', (key) => {
    expect(matches(['**'], `flow/${key}`)).toBe(true)
    expect(matches(['flow/**'], `flow/${key}`)).toBe(true)
    expect(matches(['block/**'], `flow/${key}`)).toBe(false)
  })

  it('of everything matches any key', () => {
    fc.assert(fc.property(anyText, (key) => matches(['**'], `flow/${key}`)))
  })

  it('with dots matches exactly that name', () => {
    expect(matches(['flow/..'], 'flow/..')).toBe(true)
    expect(matches(['flow/*'], 'flow/..')).toBe(true)
    expect(matches(['flow/..'], 'flow/.')).toBe(false)
    expect(matches(['flow/*'], 'flow/a/..')).toBe(false)
  })
})
