import { expect, it } from 'vitest'
import { boundedPattern } from '../../src/snapshot/bounded-pattern.ts'
import { ruleSchemas } from '../../src/snapshot/rule-schema.ts'
import { userSchemas } from '../../src/snapshot/user-schemas.ts'

const long = `${'a'.repeat(60)}!`

it('a pattern of a user matches what its expression matches', () => {
  const pattern = boundedPattern('^a+!$', 'u')
  expect([long, 'a!', 'b', `${long}x`].map((text) => pattern.test(text))).toEqual([true, true, false, false])
  expect(() => boundedPattern('(', 'u')).toThrow(SyntaxError)
})

it('a pattern that tries exponentially many ways is stopped, and the value does not fit', () => {
  const reason = 'cannot be compared with the pattern ^(a+)+$: it tries too many ways to match'
  const schema = { properties: { name: { type: 'string', pattern: '^(a+)+$' } } }
  expect(userSchemas().misfits(schema, { name: long })).toEqual([{ pointer: '', reason }])
  expect(userSchemas().misfits(schema, { name: 'aaa' })).toEqual([])
  expect(ruleSchemas(new Map()).compile({ patternProperties: { '^(a+)+$': false } })({ [long]: 1 })).toEqual([
    { pointer: '', reason },
  ])
})
