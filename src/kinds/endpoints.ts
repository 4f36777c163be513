import { Failure } from '../issue.ts'
import { isNumber, isObject, type Json, type JsonObject } from '../json.ts'
import type { OnPage } from '../kind.ts'
import { mapConcurrent } from '../map-concurrent.ts'
import type { Id, Reader } from '../model.ts'

/**
 * A path of the API: what is put in is encoded as one segment. Names may hold `#`, `?`, spaces and any letter
 * (Prefect bans only `/ % & > <`, `prefect/types/names.py`).
 */
export function at(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.reduce((path, part, index) => path + encodeURIComponent(values[index - 1] ?? '') + part)
}

export function idOf(raw: JsonObject): Id {
  return text(raw, 'id') as Id
}

/** A field that is text, or '' where it is not. */
export function text(raw: JsonObject, field: string): string {
  const value = raw[field]
  return typeof value === 'string' ? value : ''
}

export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

export function objects(value: Json | undefined): JsonObject[] {
  return list(value).filter(isObject)
}

/** The object in an answer that is one. */
export function answer(body: Json): JsonObject {
  return object(body)
}

/** Takes in pages: an object that comes twice, because others wrote meanwhile, counts once. */
function openTray(arrived: OnPage | undefined) {
  const ids = new Set<string>()
  const kept: JsonObject[] = []
  return {
    take(page: readonly JsonObject[]) {
      const fresh = page.filter((raw) => !ids.has(text(raw, 'id')))
      for (const raw of fresh) ids.add(text(raw, 'id'))
      if (arrived) arrived(fresh)
      else kept.push(...fresh)
    },
    count: () => ids.size,
    /** Those that nobody was told of. */
    kept,
  }
}
type Tray = ReturnType<typeof openTray>

/**
 * Reads the pages of a list: no `limit` is sent, since an administrator may have lowered the largest one that is
 * allowed (`PREFECT_SERVER_API_DEFAULT_LIMIT`); the offset moves by what came. Stops at an empty page, or at `enough`.
 */
export async function readPages(
  reader: Reader,
  path: string,
  body: JsonObject,
  enough = Number.POSITIVE_INFINITY,
  arrived?: OnPage,
): Promise<readonly JsonObject[]> {
  const tray = openTray(arrived)
  await readInTurn(reader, path, body, enough, tray)
  return tray.kept
}

async function readInTurn(reader: Reader, path: string, body: JsonObject, enough: number, tray: Tray): Promise<void> {
  for (let offset = 0; tray.count() < enough; ) {
    const page = objects(await reader.query(path, { ...body, offset }))
    if (page.length === 0) break
    tray.take(page)
    offset += page.length
  }
}

/**
 * The same where it is known how many there are, several pages at a time: all are as long as the first one. What comes of
 * pages that are not is too little.
 */
async function readCounted(reader: Reader, path: string, body: JsonObject, count: number, tray: Tray): Promise<void> {
  const takeAt = async (offset: number) => {
    const page = objects(await reader.query(path, { ...body, offset }))
    tray.take(page)
    return page.length
  }
  const size = count > 0 ? await takeAt(0) : 0
  const more = size > 0 ? Math.ceil(count / size) - 1 : 0
  await mapConcurrent(
    Array.from({ length: more }, (_, index) => size * (index + 1)),
    atATime,
    takeAt,
  )
}

/** Objects named at once in a filter. */
const chunk = 200
/** Pages that are asked for at a time, so that a server works on one while the other one is on its way or being read here. */
const atATime = 2

/**
 * Reads the objects whose names are wanted, by a filter that the server applies: until there are as many as there can be,
 * `each` for a name, or until a page is empty.
 */
export async function readNamed(
  reader: Reader,
  path: string,
  names: readonly string[],
  filter: (names: readonly string[]) => JsonObject,
  { each = 1, arrived }: { readonly each?: number; readonly arrived?: OnPage | undefined } = {},
) {
  const parts = Array.from({ length: Math.ceil(names.length / chunk) }, (_, index) =>
    names.slice(chunk * index, chunk * (index + 1)),
  )
  const pages = await mapConcurrent(parts, atATime, (part) =>
    readPages(reader, path, filter(part), part.length * each, arrived),
  )
  return pages.flat()
}

/**
 * Reads all objects of a kind and checks their number against the server's own count. Others may write while we read,
 * so it is tried again before it is called incomplete.
 */
export async function readAll(
  reader: Reader,
  path: string,
  body: JsonObject,
  count: { path: string; body: JsonObject },
  arrived?: OnPage,
) {
  for (let attempt = 0; ; attempt++) {
    const counted = await reader.query(count.path, count.body)
    const expected = isNumber(counted) ? Number(counted) : Number.POSITIVE_INFINITY
    const tray = openTray(arrived)
    const isKnown = Number.isFinite(expected)
    await (isKnown && attempt === 0 ? readCounted : readInTurn)(reader, path, body, expected, tray)
    if (tray.count() >= expected || !isKnown) return tray.kept
    if (attempt === 2) throw incomplete(path, tray.count(), expected)
  }
}

function incomplete(path: string, found: number, expected: number): Failure {
  const message = `${path} gave ${found} objects, but the server counts ${expected}, three times in a row`
  return new Failure([{ code: 'incomplete-read', severity: 'error', message, fix: 'Try again while nobody writes' }])
}

/** The first object of a list, for a search by natural key. */
export async function findOne(reader: Reader, path: string, body: JsonObject): Promise<Id | undefined> {
  const [first] = objects(await reader.query(path, body))
  return first ? idOf(first) : undefined
}

/** The status of the answer that an error is about. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined
}

/** Whether nobody knows if the request that an error is about was carried out. */
export function isAmbiguous(error: unknown): boolean {
  return error instanceof Error && 'ambiguous' in error && error.ambiguous === true
}

/** The names of the spec fields and slots that a list of differences is about. */
export function namesOf(fields: readonly { readonly pointer: string }[]): ReadonlySet<string> {
  return new Set(fields.map(({ pointer }) => pointer.split('/')[2] ?? ''))
}
