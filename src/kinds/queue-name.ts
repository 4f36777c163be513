import type { Ref } from '../model.ts'
import { keyOf, keyParts } from '../ref.ts'

/** The name of a queue's pool, and its own. */
export function queueParts(key: string): { readonly pool: string; readonly queue: string } {
  const [pool = '', queue = ''] = keyParts(key)
  return { pool, queue }
}

/** The ref of a queue by the names of its pool and itself. */
export function queueRef(pool: string, queue: string): Ref {
  return `work-queue/${keyOf(pool, queue)}`
}
