import type { Ref } from '../model.ts'
import { keyOf, keyParts } from '../ref.ts'

/** Splits a queue's key into the names of its pool and the queue. */
export function queueParts(key: string): { readonly pool: string; readonly queue: string } {
  const [pool = '', queue = ''] = keyParts(key)
  return { pool, queue }
}

/** The ref of a queue. */
export function queueRef(pool: string, queue: string): Ref {
  return `work-queue/${keyOf(pool, queue)}`
}
