import type { Journal } from '../journal/journal.ts'
import type { Api, Change } from '../model.ts'

/** The writes of one change. */
export interface JournaledWrites {
  /** The API for the kind that makes the change. */
  readonly api: Api
  /** The successful requests, such as `PATCH /flows/…`, in order. */
  readonly done: readonly string[]
  /** The requests without an answer: the server may have executed them. */
  readonly unanswered: readonly string[]
}

/**
 * An API that journals every write request of a change before it is sent and after its response, so that kinds need not
 * know the journal. If the journal cannot be written, the request is not sent.
 */
export function journaledWrites(
  api: Api,
  change: Change,
  { journal, ambiguous }: { readonly journal?: Journal; readonly ambiguous: (error: unknown) => boolean },
): JournaledWrites {
  const [done, unanswered]: [string[], string[]] = [[], []]
  return {
    done,
    unanswered,
    api: {
      url: api.url,
      get: (path) => api.get(path),
      query: (path, body) => api.query(path, body),
      ...(api.isFar ? { isFar: api.isFar } : {}),
      ...(api.oneRead ? { oneRead: (path, work) => api.oneRead?.(path, work) ?? work(api) } : {}),
      async send(method, path, body) {
        const request = { method, path }
        await journal?.write(change, request)
        // This request has been sent. If the journal can no longer be written, the next one is not sent.
        const note = (status: number | undefined) => journal?.wrote(change, request, status).catch(() => {})
        try {
          const reply = await api.send(method, path, body)
          done.push(`${method} ${path}`)
          await note(reply.status)
          return reply
        } catch (error) {
          if (ambiguous(error)) unanswered.push(`${method} ${path}`)
          await note(error instanceof Error && 'status' in error ? Number(error.status) || undefined : undefined)
          throw error
        }
      },
    },
  }
}
