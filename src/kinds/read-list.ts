import { Failure } from '../issue.ts'
import { isNumber, type JsonObject } from '../json.ts'
import type { OnPage } from '../kind.ts'
import { mapConcurrent } from '../map-concurrent.ts'
import type { Id, Reader } from '../model.ts'
import { idOf, objects } from './endpoints.ts'
import { atATime, type Collector, createCollector, mostFor, type Pages, readInTurn, readSeveral } from './read-pages.ts'

/** Does the requests of `work` as one read with a limit of its own, if the reader has limits. */
function within<T>(reader: Reader, path: string, work: (reader: Reader) => Promise<T>): Promise<T> {
  return reader.oneRead ? reader.oneRead(path, work) : work(reader)
}

/**
 * Reads the pages of a list until a page is empty or `enough` objects have been read. Sends no `limit`, because an
 * administrator may have lowered the maximum (`PREFECT_SERVER_API_DEFAULT_LIMIT`); the offset grows by the number of
 * objects received. Throws `Failure` if the list repeats itself, or does not end.
 */
export async function readPages(
  reader: Reader,
  path: string,
  body: JsonObject,
  enough = Number.POSITIVE_INFINITY,
  onPage?: OnPage,
): Promise<readonly JsonObject[]> {
  const collector = createCollector(onPage)
  const end = await within(reader, path, (reader) => readInTurn({ reader, path, body }, collector, { enough }))
  if (end === 'repeats') throw repeated(path, collector)
  if (end === 'endless') throw endless(path, collector)
  return collector.unreported
}

/** The maximum number of names in one filter. */
const chunk = 200

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
    const collector = createCollector(onPage)
    const read = (reader: Reader) => attemptAll({ reader, path, body }, count, collector, attempt > 0)
    const { isComplete, expected, end } = await within(reader, path, read)
    const { ids, unreported } = collector
    if (isComplete) {
      const deleted = [...announced].filter((id) => !ids.has(id))
      if (onPage && deleted.length > 0) onPage([], deleted)
      return unreported
    }
    for (const id of ids) announced.add(id)
    if (attempt === 2) throw end === 'endless' ? endless(path, collector) : incomplete(path, ids.size, expected)
  }
}

/** Reads a list once; `inTurn` page by page. It is complete if it has as many objects as the server counts. */
async function attemptAll(
  pages: Pages,
  count: { path: string; body: JsonObject },
  collector: Collector,
  inTurn: boolean,
) {
  const counted = async () => {
    const answer = await pages.reader.query(count.path, count.body)
    return isNumber(answer) ? Number(answer) : undefined
  }
  const before = counted()
  // It fails along with the pages; without a handler of its own, a failure of both would end the process.
  before.catch(() => {})
  const all = async () => readInTurn(pages, collector, mostFor(await before))
  const end = await (inTurn ? all() : readSeveral(pages, collector, before))
  const expected = (await before) ?? collector.ids.size
  const found = collector.ids.size
  // More than was counted: somebody created some meanwhile, which the count says afterwards.
  const isGrowing = end === 'end' && found > expected && (await counted()) !== expected
  return { isComplete: found === expected || isGrowing, expected, end }
}

const again = 'Try again when nobody else writes to the server.'

function incomplete(path: string, found: number, expected: number): Failure {
  const message = `${path} returned ${found} objects, but the server counts ${expected}. It was read three times.`
  return new Failure([{ code: 'incomplete-read', severity: 'error', message, fix: again }])
}

function repeated(path: string, { ids }: Collector): Failure {
  const message = `${path} returned the same objects again after ${ids.size}, so that nobody knows whether these are all.`
  const fix = 'Check what responds there: a Prefect server skips the objects that were read.'
  return new Failure([{ code: 'incomplete-read', severity: 'error', message, fix }])
}

function endless(path: string, { ids }: Collector): Failure {
  const message = `${path} does not end: it returned ${ids.size} objects, and more.`
  const fix = 'Check what responds there: a server that sends new objects without end is not Prefect.'
  return new Failure([{ code: 'incomplete-read', severity: 'error', message, fix }])
}

/** The number of objects that a route for counting returns. */
export async function readCount(reader: Reader, path: string, body: JsonObject = {}): Promise<number> {
  const answer = await reader.query(path, body)
  return isNumber(answer) ? Number(answer) : 0
}

/** The ID of the object of a list that `is` the wanted one, whatever else the server returns. For searches by natural key. */
export async function findOne(
  reader: Reader,
  path: string,
  body: JsonObject,
  is: (raw: JsonObject) => boolean,
): Promise<Id | undefined> {
  const found = objects(await reader.query(path, body)).find(is)
  return found && idOf(found)
}
