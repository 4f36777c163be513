import type { Journal } from '../journal/journal.ts'
import type { Api, Change } from '../model.ts'

/** The writes of one change. */
export interface JournaledWrites {
  /** For the kind that makes the change. */
  readonly api: Api
  /** The requests that the server carried out, such as `PATCH /flows/…`, in their order. */
  readonly done: readonly string[]
}

/**
 * An API that journals every write request of a change before it is sent and once it is answered, so that a kind need not
 * know of the journal. A request that the journal cannot take is not sent.
 */
export function journaledWrites(api: Api, change: Change, journal: Journal | undefined): JournaledWrites {
  const done: string[] = []
  return {
    done,
    api: {
      url: api.url,
      get: (path) => api.get(path),
      query: (path, body) => api.query(path, body),
      async send(method, path, body) {
        const request = { method, path }
        await journal?.write(change, request)
        // What is done is done; where the journal cannot be written any more, the next request is not sent.
        const note = (status: number | undefined) => journal?.wrote(change, request, status).catch(() => {})
        try {
          const reply = await api.send(method, path, body)
          done.push(`${method} ${path}`)
          await note(reply.status)
          return reply
        } catch (error) {
          await note(error instanceof Error && 'status' in error ? Number(error.status) || undefined : undefined)
          throw error
        }
      },
    },
  }
}
