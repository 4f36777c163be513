import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesOneOf } from '../../src/selection/scope.ts'
import { anyText } from '../support/arbitrary.ts'

describe('a glob over refs', () => {
  it.each(['..', '.', 'a/../b', 'a\nb', '\u2028', '...', ''])('of everything matches the key %j', (key) => {
    expect(matchesOneOf(['**'])(`flow/${key}`)).toBe(true)
    expect(matchesOneOf(['flow/**'])(`flow/${key}`)).toBe(true)
    expect(matchesOneOf(['block/**'])(`flow/${key}`)).toBe(false)
  })

  it('of everything matches any key', () => {
    fc.assert(fc.property(anyText, (key) => matchesOneOf(['**'])(`flow/${key}`)))
  })

  it('with dots matches exactly that name', () => {
    expect(matchesOneOf(['flow/..'])('flow/..')).toBe(true)
    expect(matchesOneOf(['flow/*'])('flow/..')).toBe(true)
    expect(matchesOneOf(['flow/..'])('flow/.')).toBe(false)
    expect(matchesOneOf(['flow/*'])('flow/a/..')).toBe(false)
  })
})
