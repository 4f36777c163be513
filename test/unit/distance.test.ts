import { expect, test } from 'vitest'
import { measureDistance } from '../../src/client/distance.ts'
import type { Event } from '../../src/model.ts'

const answered = (ms: number): Event => ({ type: 'request', method: 'GET', path: '/', status: 200, ms })

test('the shortest request says how far away a server is', () => {
  const passed: Event[] = []
  const { on, isFar, roundTripMs } = measureDistance((event) => void passed.push(event))
  expect([isFar(), roundTripMs()]).toEqual([false, undefined])
  on({ type: 'retry', method: 'GET', path: '/', reason: '503', waitMs: 5 })
  expect(roundTripMs()).toBeUndefined()
  on(answered(170))
  on(answered(85))
  on(answered(2000))
  expect([isFar(), roundTripMs()]).toEqual([true, 85])
  on(answered(3))
  expect([isFar(), roundTripMs()]).toEqual([false, 3])
  expect(passed).toHaveLength(5)
})
