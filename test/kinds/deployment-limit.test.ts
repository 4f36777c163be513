import { describe, expect, test } from 'vitest'
import { type Json, type JsonObject, parseJson } from '../../src/json.ts'
import { encodeLimit, isOwnLimit, normalizeOwnLimit } from '../../src/kinds/deployment/deployment-limit.ts'

const own = 'deployment:0b5f8a52-3d0a-4f2e-9d5e-0d8f6a1b2c3d'
const row = (name: string, more: JsonObject = {}): JsonObject => ({
  id: '1',
  name,
  limit: 3,
  active: true,
  active_slots: 1,
  slot_decay_per_second: parseJson('0.0'),
  ...more,
})

describe('the limit of a deployment', () => {
  test('is absent, its own, or shared', () => {
    expect(encodeLimit(null)).toEqual({})
    expect(encodeLimit(row(own))).toEqual({ own: 3 })
    expect(encodeLimit(row('db pool/x'))).toEqual({ shared: 'concurrency-limit/db pool/x' })
    expect(encodeLimit(row('tag:gpu'))).toEqual({ shared: 'tag-concurrency-limit/gpu' })
  })

  test('is a number if it is its own and has no other settings', () => {
    const object = (limit: number, active: boolean, decay: number) => ({ limit, active, slot_decay_per_second: decay })
    const cases: readonly (readonly [Json, Json])[] = [
      [{ limit: 3 }, 3],
      [object(3, true, 0), 3],
      [parseJson('3.0'), 3],
      [object(0, true, 0), object(0, true, 0)],
      [{ limit: 3, active: false }, object(3, false, 0)],
      [{ limit: 3, slot_decay_per_second: 0.5 }, object(3, true, 0.5)],
      [null, null],
    ]
    for (const [value, form] of cases) {
      expect(normalizeOwnLimit(value)).toEqual(form)
      expect(normalizeOwnLimit(form)).toEqual(form)
    }
  })

  test('is its own only if its name contains an ID', () => {
    expect([own, 'deployment:mine', 'deployment:', `x${own}`, `${own}x`].map(isOwnLimit)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })
})
