import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/issue.ts'
import type { Json, JsonObject } from '../../src/json.ts'
import type { OnPage } from '../../src/kind.ts'
import { readAll, readNamed, readPages } from '../../src/kinds/read-list.ts'
import type { Reader } from '../../src/model.ts'

/** A list of a server, in pages of one size; `before` may change it before a page is answered. */
function listOf(count: number, size = 200, before: (rows: JsonObject[], page: number) => void = () => {}) {
  const rows = Array.from({ length: count }, (_, n): JsonObject => ({ id: `i${n}`, name: `n${n}` }))
  const offsets: number[] = []
  let [open, most] = [0, 0]
  const reader: Reader = {
    url: '',
    get: async () => null,
    query: async (path, { offset = 0, names }) => {
      if (path === '/count') return rows.length
      most = Math.max(most, ++open)
      await new Promise((resolve) => setTimeout(resolve))
      open--
      before(rows, offsets.length)
      offsets.push(Number(offset))
      const wanted = Array.isArray(names) ? rows.filter(({ name }) => names.includes(name as string)) : rows
      return wanted.slice(Number(offset), Number(offset) + size)
    },
  }
  const all = (onPage?: OnPage) => readAll(reader, '/list', {}, { path: '/count', body: {} }, onPage)
  return { rows, offsets, reader, all, most: () => most }
}

describe('a list', () => {
  test.each([0, 1, 199, 200, 201, 400, 1050])(
    'of %s is read in pages, two at a time, up to the first that is not whole',
    async (count) => {
      const list = listOf(count)
      expect((await list.all()).map(({ id }) => id).sort()).toEqual(list.rows.map(({ id }) => id).sort())
      expect(list.offsets.sort((a, b) => a - b)).toEqual(
        // Only a page that is not whole proves the end.
        Array.from({ length: Math.floor(count / 200) + 1 }, (_, page) => page * 200),
      )
      expect(list.most()).toBe(count >= 400 ? 2 : 1)
    },
  )

  test('of a distant server is read eight pages at a time, with as many requests', async () => {
    const list = listOf(4000)
    const far: Reader = { ...list.reader, isFar: () => true }
    expect(await readAll(far, '/list', {}, { path: '/count', body: {} })).toHaveLength(4000)
    expect(list.offsets).toHaveLength(21)
    expect(list.most()).toBe(8)
  })

  test('is passed page by page, each object once, and omitted from the result', async () => {
    const list = listOf(450)
    const ids: unknown[] = []
    expect(await list.all((some) => ids.push(...some.map(({ id }) => id)))).toEqual([])
    expect(ids.sort()).toEqual(list.rows.map(({ id }) => id).sort())
  })

  test('with concurrent writes is read again, one page after another, until nothing is missing', async () => {
    const list = listOf(600, 200, (rows, page) => {
      // One at the front is gone: the next page begins one too late, and one is missing.
      if (page === 1) rows.splice(0, 1)
    })
    const found = await list.all()
    expect(list.rows.every(({ id }) => found.some((raw) => raw.id === id))).toBe(true)
  })

  test('whose count nobody asks is read from the start again if a new object has moved the others', async () => {
    const list = listOf(1, 200, (rows, page) => {
      if (page === 1) rows.unshift({ id: 'new', name: 'new' })
    })
    const found = await readPages(list.reader, '/list', {})
    expect(found.map(({ id }) => id).sort()).toEqual(['i0', 'new'])
  })

  test('reports the objects of an earlier reading that are gone', async () => {
    const list = listOf(600, 200, (rows, page) => {
      if (page === 1) rows.splice(0, 1)
    })
    const announced = new Set<unknown>()
    await list.all((some, gone = []) => {
      for (const { id } of some) announced.add(id)
      for (const id of gone) announced.delete(id)
    })
    expect([...announced].sort()).toEqual(list.rows.map(({ id }) => id).sort())
    expect(announced.has('i0')).toBe(false)
  })

  test('is incomplete if a server counts more than it returns', async () => {
    const list = listOf(10)
    const reader = {
      ...list.reader,
      query: async (path: string, body: JsonObject) => (path === '/count' ? 11 : list.reader.query(path, body)),
    }
    await expect(readAll(reader, '/list', {}, { path: '/count', body: {} })).rejects.toThrow(Failure)
  })

  test('is read until a page is empty if a server returns no count', async () => {
    const list = listOf(410)
    const reader = {
      ...list.reader,
      query: async (path: string, body: JsonObject) => (path === '/count' ? null : list.reader.query(path, body)),
    }
    expect(await readAll(reader, '/list', {}, { path: '/count', body: {} })).toHaveLength(410)
  })

  test('of names is requested 200 names at a time', async () => {
    const list = listOf(450)
    const names = list.rows.map(({ name }) => String(name))
    const found = await readNamed(list.reader, '/list', names, (some) => ({ names: some }))
    expect(found.map(({ name }) => name)).toEqual(names)
    expect(list.offsets).toEqual([0, 0, 0])
  })
})

/** A list whose pages are what `page` returns for an offset, whatever the request says. */
function lyingList(count: (asked: number) => Json, page: (offset: number) => readonly JsonObject[]) {
  const asked = { counts: 0, pages: 0 }
  const reader: Reader = {
    url: '',
    get: async () => null,
    query: async (path, { offset = 0 }) => {
      if (path === '/count') return count(asked.counts++)
      if (asked.pages++ > 20_000) throw new Error('endless')
      return page(Number(offset))
    },
  }
  const all = () => readAll(reader, '/list', {}, { path: '/count', body: {} })
  return { asked, reader, all }
}
const rowsFrom = (first: number, length: number): JsonObject[] =>
  Array.from({ length }, (_, n) => ({ id: `i${first + n}` }))
const incomplete = (words: RegExp) => ({ issues: [{ code: 'incomplete-read', message: expect.stringMatching(words) }] })

describe('a list that lies ends', () => {
  test.each<[string, number]>([
    ['too low', 3],
    ['zero', 0],
    ['too high', 20],
    ['promising a million', 1_000_000],
  ])('a count %s: after three readings', async (_, count) => {
    const list = lyingList(
      () => count,
      (offset) => rowsFrom(0, 10).slice(offset),
    )
    await expect(list.all()).rejects.toMatchObject(incomplete(/10 objects, but the server counts/))
    expect(list.asked.pages).toBeLessThan(20)
  })

  test('a count that grows while others create objects is accepted', async () => {
    const list = lyingList(
      (asked) => 9 + asked,
      (offset) => rowsFrom(0, 10).slice(offset),
    )
    expect(await list.all()).toHaveLength(10)
  })

  test('the same page for ever, with a count that it does not reach', async () => {
    const list = lyingList(
      () => 450,
      () => rowsFrom(0, 200),
    )
    await expect(list.all()).rejects.toMatchObject(incomplete(/200 objects, but the server counts 450/))
    expect(list.asked.pages).toBeLessThan(25)
  })

  test('the same page for ever, without a count', async () => {
    const list = lyingList(
      () => null,
      () => rowsFrom(0, 3),
    )
    await expect(readPages(list.reader, '/list', {})).rejects.toMatchObject(
      incomplete(/the same objects again after 3/),
    )
    expect(list.asked.pages).toBe(6)
  })

  test('new IDs for ever, counted or not', async () => {
    const counted = lyingList(
      () => 3,
      (offset) => rowsFrom(offset, 200),
    )
    await expect(counted.all()).rejects.toMatchObject(incomplete(/does not end/))
    expect(counted.asked.pages).toBeLessThan(30)
    const uncounted = lyingList(
      () => null,
      (offset) => rowsFrom(offset, 10_000),
    )
    await expect(readPages(uncounted.reader, '/list', {})).rejects.toMatchObject(incomplete(/does not end/))
  })

  test('a page of 130,000 objects is read', async () => {
    const list = lyingList(
      () => 130_000,
      (offset) => (offset === 0 ? rowsFrom(0, 130_000) : []),
    )
    expect(await list.all()).toHaveLength(130_000)
  })
})
