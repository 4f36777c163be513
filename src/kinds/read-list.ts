import { Failure } from '../issue.ts'
import { isNumber, type JsonObject } from '../json.ts'
import type { OnPage } from '../kind.ts'
import { mapConcurrent } from '../map-concurrent.ts'
import type { Id, Reader } from '../model.ts'
import { idOf, objects, text } from './endpoints.ts'

/** Collects pages. An object that occurs twice, because of concurrent writes, is counted once. */
function createCollector(onPage: OnPage | undefined) {
  const ids = new Set<string>()
  const collected: JsonObject[] = []
  return {
    add(page: readonly JsonObject[]) {
      const newObjects = page.filter((raw) => !ids.has(text(raw, 'id')))
      for (const raw of newObjects) ids.add(text(raw, 'id'))
      if (onPage) onPage(newObjects)
      else collected.push(...newObjects)
    },
    ids: ids as ReadonlySet<string>,
    /** The objects that were not passed to `onPage`. */
    unreported: collected as readonly JsonObject[],
  }
}

type Collector = ReturnType<typeof createCollector>

/**
 * Reads the pages of a list until a page is empty or `enough` objects have been read. Sends no `limit`, because an
 * administrator may have lowered the maximum (`PREFECT_SERVER_API_DEFAULT_LIMIT`); the offset grows by the number of
 * objects received.
 */
export async function readPages(
  reader: Reader,
  path: string,
  body: JsonObject,
  enough = Number.POSITIVE_INFINITY,
  onPage?: OnPage,
): Promise<readonly JsonObject[]> {
  const collector = createCollector(onPage)
  await readInTurn(reader, path, body, enough, collector)
  return collector.unreported
}

async function readInTurn(
  reader: Reader,
  path: string,
  body: JsonObject,
  enough: number,
  collector: Collector,
): Promise<void> {
  for (let offset = 0; collector.ids.size < enough; ) {
    const page = objects(await reader.query(path, { ...body, offset }))
    if (page.length === 0) break
    collector.add(page)
    offset += page.length
  }
}

/**
 * Reads a list of known length, several pages at a time. Assumes that all pages are as long as the first one; if they
 * are not, objects are missing from the result.
 */
async function readCounted(
  reader: Reader,
  path: string,
  body: JsonObject,
  count: number,
  collector: Collector,
): Promise<void> {
  const readAt = async (offset: number) => {
    const page = objects(await reader.query(path, { ...body, offset }))
    collector.add(page)
    return page.length
  }
  const size = count > 0 ? await readAt(0) : 0
  const remainingPages = size > 0 ? Math.ceil(count / size) - 1 : 0
  await mapConcurrent(
    Array.from({ length: remainingPages }, (_, index) => size * (index + 1)),
    atATime,
    readAt,
  )
}

/** The maximum number of names in one filter. */
const chunk = 200

/**
 * The number of concurrent page requests, so that the server can work on one page while another is being transferred or
 * parsed.
 */
const atATime = 2

/**
 * Reads the objects with these names, filtered by the server. `each` is the maximum number of objects per name; no
 * further pages are requested once all may have been read.
 */
export async function readNamed(
  reader: Reader,
  path: string,
  names: readonly string[],
  filter: (names: readonly string[]) => JsonObject,
  { each = 1, onPage }: { readonly each?: number; readonly onPage?: OnPage | undefined } = {},
) {
  const parts = Array.from({ length: Math.ceil(names.length / chunk) }, (_, index) =>
    names.slice(chunk * index, chunk * (index + 1)),
  )
  const pages = await mapConcurrent(parts, atATime, (part) =>
    readPages(reader, path, filter(part), part.length * each, onPage),
  )
  return pages.flat()
}

/**
 * Reads all objects of a kind and compares their number with the server's count. Because of concurrent writes, it tries
 * up to three times before it throws `Failure`. Objects that were passed to `onPage`, but are missing from the last
 * reading, are reported to it as gone.
 */
export async function readAll(
  reader: Reader,
  path: string,
  body: JsonObject,
  count: { path: string; body: JsonObject },
  onPage?: OnPage,
) {
  const announced = new Set<string>()
  for (let attempt = 0; ; attempt++) {
    const counted = await reader.query(count.path, count.body)
    const expected = isNumber(counted) ? Number(counted) : Number.POSITIVE_INFINITY
    const collector = createCollector(onPage)
    const isKnown = Number.isFinite(expected)
    await (isKnown && attempt === 0 ? readCounted : readInTurn)(reader, path, body, expected, collector)
    const { ids, unreported } = collector
    if (ids.size >= expected || !isKnown) {
      const deleted = [...announced].filter((id) => !ids.has(id))
      if (onPage && deleted.length > 0) onPage([], deleted)
      return unreported
    }
    for (const id of ids) announced.add(id)
    if (attempt === 2) throw incomplete(path, ids.size, expected)
  }
}

function incomplete(path: string, found: number, expected: number): Failure {
  const message = `${path} returned ${found} objects, but the server counts ${expected}. It was read three times.`
  return new Failure([
    { code: 'incomplete-read', severity: 'error', message, fix: 'Try again when nobody else writes to the server.' },
  ])
}

/** The ID of the first object of a list, or undefined. For searches by natural key. */
export async function findOne(reader: Reader, path: string, body: JsonObject): Promise<Id | undefined> {
  const [first] = objects(await reader.query(path, body))
  return first ? idOf(first) : undefined
}
