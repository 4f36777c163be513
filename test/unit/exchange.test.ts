import type { Dispatcher } from 'undici'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { limitBytes } from '../../src/client/bytes-in-flight.ts'
import { exchange } from '../../src/client/exchange.ts'

type Handler = Dispatcher.DispatchHandler

/** A dispatcher that does what `act` does with the handler of a request, and nothing more. */
const dispatcherOf = (act: (handler: Handler) => void) =>
  ({ dispatch: (_: unknown, handler: Handler) => void act(handler) }) as unknown as Dispatcher
const request = { method: 'GET', path: '/x', headers: {} }
const controller = {} as Dispatcher.DispatchController
const limits = { silenceMs: 20_000, totalMs: 600_000, answerBytes: 100, inFlight: limitBytes(100) }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('a request that nothing is heard of ends, whether or not it was sent', async () => {
  const end = async (act: (handler: Handler) => void) => {
    const outcome = exchange(dispatcherOf(act), 'http://x', request, limits)
    await vi.advanceTimersByTimeAsync(20_000)
    return outcome
  }
  const silent = { type: 'no-response', code: 'UND_ERR_HEADERS_TIMEOUT', reason: expect.stringMatching(/20 seconds/) }
  expect(await end(() => {})).toEqual({ ...silent, sent: false })
  expect(await end((handler) => handler.onRequestStart?.(controller, {}))).toEqual({ ...silent, sent: true })
  expect(await end((handler) => handler.onResponseStart?.(controller, 200, {}))).toEqual({ ...silent, sent: false })
})

it('a slow response that keeps coming is read to its end', async () => {
  let pieces = 0
  const send = (handler: Handler) => {
    handler.onResponseData?.(controller, Buffer.from('x'))
    if (++pieces === 8) handler.onResponseEnd?.(controller, {})
  }
  const answered = dispatcherOf((handler) => {
    handler.onRequestStart?.(controller, {})
    handler.onResponseStart?.(controller, 200, {})
    setInterval(() => send(handler), 15_000)
  })
  const outcome = exchange(answered, 'http://x', request, limits)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(await outcome).toMatchObject({ type: 'response', status: 200, text: 'x'.repeat(8) })
})
