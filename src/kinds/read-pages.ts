import type { JsonObject } from '../json.ts'
import type { OnPage } from '../kind.ts'
import type { Reader } from '../model.ts'
import { objects, text } from './endpoints.ts'

/** Objects of a list, collected from its pages. */
export interface Collector {
  /** Adds a page; an object that occurs twice, because of concurrent writes, is counted once. Returns the number of new ones. */
  add(page: readonly JsonObject[]): number
  readonly ids: ReadonlySet<string>
  /** The objects that were not passed to `onPage`. */
  readonly unreported: readonly JsonObject[]
}

/** Collects pages, or passes them on. */
export function createCollector(onPage: OnPage | undefined): Collector {
  const ids = new Set<string>()
  const unreported: JsonObject[] = []
  return {
    add(page) {
      const before = ids.size
      const added: JsonObject[] = []
      for (const raw of page) {
        const id = text(raw, 'id')
        if (ids.has(id)) continue
        ids.add(id)
        added.push(raw)
      }
      if (onPage) onPage(added)
      else for (const raw of added) unreported.push(raw)
      return ids.size - before
    },
    ids,
    unreported,
  }
}

/** A list of a server. */
export interface Pages {
  readonly reader: Reader
  readonly path: string
  readonly body: JsonObject
}

/**
 * Why reading stopped. `end`: nothing follows. `enough`: as many as wanted. `repeats`: a whole page had nothing new, so that
 * the server may not look at the offset. `endless`: more objects than a server can have.
 */
export type End = 'end' | 'enough' | 'repeats' | 'endless'

/** The most objects of a list whose number nobody knows. */
const mostObjects = 1_000_000

/** A page has this number of objects unless an administrator changed it. */
const usualPage = 200

/** The most objects of a list, by the server's count: others may create some meanwhile. */
export function mostFor(counted: number | undefined): { readonly most?: number } {
  return counted === undefined ? {} : { most: 2 * counted + 1000 }
}

interface Turn {
  readonly enough?: number
  /** Where to begin, and the length of a whole page, if known. */
  readonly from?: number
  readonly whole?: number
  readonly most?: number
}

/** How often a list is read from its start again, before a page that repeats counts as the server's fault. */
const mostRestarts = 2

/**
 * Reads page by page. A page may have nothing new because somebody created an object meanwhile, which moved the others: what is
 * new is then at the start, from where the list is read again.
 */
export async function readInTurn(
  { reader, path, body }: Pages,
  collector: Collector,
  { enough = Number.POSITIVE_INFINITY, from = 0, whole, most = mostObjects }: Turn,
): Promise<End> {
  let size = whole
  let seen = new Set(collector.ids)
  let restarts = 0
  for (let offset = from; collector.ids.size < enough; ) {
    const page = objects(await reader.query(path, { ...body, offset }))
    if (page.length === 0) return 'end'
    collector.add(page)
    if (collector.ids.size > most) return 'endless'
    const known = seen.size
    for (const raw of page) seen.add(text(raw, 'id'))
    if (seen.size > known) {
      size ??= page.length
      offset += page.length
    } else if (page.length < (size ?? 1)) return 'end'
    else if (restarts++ === mostRestarts) return 'repeats'
    else {
      seen = new Set()
      offset = 0
    }
  }
  return 'enough'
}

/**
 * Reads a list of known length, several pages at a time, and then whatever follows. Assumes that all pages are as long as the
 * first one; if they are not, objects are missing.
 */
export async function readSeveral(
  pages: Pages,
  collector: Collector,
  counted: Promise<number | undefined>,
): Promise<End> {
  const { reader, path, body } = pages
  const readAt = async (offset: number) => {
    const page = objects(await reader.query(path, { ...body, offset }))
    return { length: page.length, added: collector.add(page) }
  }
  const first = await readAt(0)
  const [size, expected] = [first.length, await counted]
  if (size === 0) return 'end'
  if (expected === undefined) return readInTurn(pages, collector, { from: size, whole: size })
  if (size === expected && collector.ids.size === expected && size < usualPage) return 'end'
  // The last page is short, or empty if all others are whole.
  const lastAt = Math.floor(expected / size) * size
  let [next, last] = [size, size]
  const worker = async () => {
    while (next <= lastAt) {
      const offset = next
      next += size
      const { length, added } = await readAt(offset)
      // Nothing new: what follows is not worth a request for each page that the count promises.
      if (added === 0) next = Number.POSITIVE_INFINITY
      if (offset === lastAt) last = length
    }
  }
  const stop = (error: unknown) => {
    next = Number.POSITIVE_INFINITY
    throw error
  }
  const workers = Math.min(reader.isFar?.() ? farAtATime : atATime, Math.max(0, lastAt / size))
  await Promise.all(Array.from({ length: workers }, () => worker().catch(stop)))
  if (last < size) return 'end'
  return readInTurn(pages, collector, { from: lastAt + size, whole: size, ...mostFor(expected) })
}

/**
 * The number of concurrent page requests, so that the server can work on one page while another is being transferred or
 * parsed.
 */
export const atATime = 2

/** The same for a distant server: so many pages are on their way. */
const farAtATime = 8
