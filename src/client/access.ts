import { ApiError } from './api-error.ts'
import type { Call } from './call.ts'

/** Notices that a key, or a workspace, that worked no longer does. */
export interface Access {
  /** Notes a call that was answered. */
  worked(call: Call): void
  /**
   * Whether after this error every other request would fail too. A 401 says so. A 403 or 404 may be about one object or one
   * permission: a read that worked before is sent again, and tells.
   */
  isLost(error: unknown): Promise<boolean>
}

/** `ask` sends a call and throws `ApiError` if it is refused. */
export function createAccess(ask: (call: Call) => Promise<unknown>): Access {
  let proven: Call | undefined
  return {
    worked(call) {
      if (call.safety !== 'read') return
      const { signal: _, ...rest } = call
      proven ??= rest
    },
    async isLost(error) {
      if (!isRefusal(error)) return false
      if (error.status === 401) return true
      if (!proven) return false
      return ask(proven).then(() => false, isRefusal)
    },
  }
}

function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && [401, 403, 404].includes(error.status ?? 0)
}
