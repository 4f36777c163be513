import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import { listJournals, readJournal } from '../journal/journal-file.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'

/**
 * What this user's applies have written last to a server, for those of `wanted` that they wrote. Without secrets, which
 * journals do not have. A journal that cannot be read is left out.
 */
export function appliedImages(url: string, wanted: ReadonlySet<Ref>, context: Context): ReadonlyMap<Ref, Resource> {
  const found = new Map<Ref, Resource>()
  for (const file of listJournals(context).reverse()) {
    if (found.size === wanted.size) break
    for (const { after, status } of entriesOf(file, url)) {
      if (status !== 'done' || !after) continue
      const ref = refOf(after)
      if (wanted.has(ref) && !found.has(ref)) found.set(ref, { ...after, secrets: {} })
    }
  }
  return found
}

function entriesOf(file: string, url: string) {
  try {
    const { head, entries } = readJournal(file)
    return head.server.url === url ? entries : []
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}
