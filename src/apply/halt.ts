import type { Issue } from '../issue.ts'
import type { Api } from '../model.ts'

/** Stops an apply when the server no longer accepts any request. */
export interface Halt {
  /** Why it was stopped; undefined while it goes on. */
  readonly reason: () => Issue | undefined
  /** Notes the error of a request, and what it is in words. */
  note(error: unknown, issue: Issue): Promise<void>
  /** The same API, of which no method sends anything after the stop: each throws `Halted`. */
  guard(api: Api): Api
}

/** A request that was not sent, because the apply was stopped. */
export class Halted extends Error {
  constructor() {
    super('The apply was stopped.')
    this.name = 'Halted'
  }
}

/** `isLost` says whether every request after this error would fail too. */
export function createHalt(isLost: (error: unknown) => Promise<boolean>): Halt {
  let reason: Issue | undefined
  const going = <T>(send: () => Promise<T>): Promise<T> => (reason ? Promise.reject(new Halted()) : send())
  return {
    reason: () => reason,
    async note(error, issue) {
      if (!reason && (await isLost(error))) reason ??= issue
    },
    guard: (api) => ({
      url: api.url,
      get: (path) => going(() => api.get(path)),
      query: (path, body) => going(() => api.query(path, body)),
      ...(api.isFar ? { isFar: api.isFar } : {}),
      ...(api.oneRead ? { oneRead: (path, work) => going(() => api.oneRead?.(path, work) ?? work(api)) } : {}),
      send: (method, path, body) => going(() => api.send(method, path, body)),
    }),
  }
}
