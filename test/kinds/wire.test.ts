import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/issue.ts'
import type { JsonObject } from '../../src/json.ts'
import type { OnPage } from '../../src/kind.ts'
import { readAll, readNamed } from '../../src/kinds/read-list.ts'
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
    'of %s is read in pages, two at a time, and none is asked for in vain',
    async (count) => {
      const list = listOf(count)
      expect((await list.all()).map(({ id }) => id).sort()).toEqual(list.rows.map(({ id }) => id).sort())
      expect(list.offsets.sort((a, b) => a - b)).toEqual(
        Array.from({ length: Math.ceil(count / 200) }, (_, page) => page * 200),
      )
      expect(list.most()).toBe(Math.min(2, Math.max(0, Math.ceil(count / 200) - 1) || (count > 0 ? 1 : 0)))
    },
  )

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
