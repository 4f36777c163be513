import { mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Failure } from '../../src/issue.ts'
import { parseJournal } from '../../src/journal/journal.ts'
import { type Disk, openJournal, readJournal } from '../../src/journal/journal-file.ts'
import type { Change, Id } from '../../src/model.ts'

const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-journal-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const changes = Array.from({ length: 100 }, (_, index): Change => {
  const key = `v${index}`
  const after = {
    kind: 'variable',
    key,
    refs: {},
    spec: { value: [{ type: 'end' }, { type: 'x' }, index] },
    secrets: {},
  }
  return { ref: `variable/${key}`, action: 'create', after, without: [], waits: [], notes: [] }
})
const head = { tool: '0', server: { url: 'http://s/api', version: '3.8.8' }, of: 's.yaml', time: 0, changes: 100 }
const io = { env: {}, home: dir, cwd: dir, pid: 1 }
const openAt = (name: string) => openJournal(join(dir, name), head, changes, io)
const intents = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"type":"intent"'))
    .map((line) => (JSON.parse(line) as { ref: string }).ref)

test('every intent is written once, before its change starts, whatever the order in which changes start', async () => {
  const journal = openAt('order.ndjson')
  const order = [...changes.slice(40), ...changes.slice(0, 40).toReversed()]
  for (let from = 0; from < order.length; from += 2) {
    const both = order.slice(from, from + 2)
    await Promise.all(both.map((change) => journal.intent(change)))
    const written = intents(journal.file)
    for (const { ref } of both) expect(written.filter((other) => other === ref)).toHaveLength(1)
    for (const change of both) await journal.result({ change, status: 'done', ms: 1 }, 'id' as Id)
  }
  await journal.end()
  const { entries, ended } = readJournal(journal.file)
  expect(ended).toBe(true)
  expect(entries.map(({ ref, status }) => `${ref} ${status}`).sort()).toEqual(
    changes.map(({ ref }) => `${ref} done`).sort(),
  )
})

test('the intents of the next changes are written ahead', async () => {
  const journal = openAt('ahead.ndjson')
  for (const change of changes.slice(0, 9)) await journal.intent(change)
  expect(intents(journal.file)).toContain('variable/v16')
  expect(intents(journal.file)).not.toContain('variable/v60')
  await journal.end()
})

test('an empty journal has a head and an end', async () => {
  const journal = openAt('empty.ndjson')
  await journal.end()
  expect(readJournal(journal.file)).toMatchObject({ head: { of: 's.yaml' }, entries: [], ended: true })
})

test('an existing journal is never overwritten', async () => {
  await openAt('once.ndjson').end()
  expect(() => openAt('once.ndjson')).toThrow(Failure)
})

describe('a disk', () => {
  /** Takes at most `step` bytes at a time, and `room` bytes in all; then it is full. */
  function disk(room: number, step = Number.POSITIVE_INFINITY): Disk {
    let remaining = room
    return {
      sync: async () => {},
      write(handle, bytes) {
        if (remaining === 0) throw new Error('ENOSPC: no space left on device')
        const taken = writeSync(handle, bytes.subarray(0, Math.min(remaining, step)))
        remaining -= taken
        return taken
      },
    }
  }
  const openOn = (name: string, on: Disk) => openJournal(join(dir, name), head, changes, io, on)
  const [first, second] = changes as [Change, Change]

  test('that writes a few bytes at a time gets every byte', async () => {
    const journal = openOn('short-writes.ndjson', disk(Number.POSITIVE_INFINITY, 7))
    for (const change of changes.slice(0, 20)) {
      await journal.intent(change)
      await journal.result({ change, status: 'done', ms: 1 }, undefined)
    }
    expect(await journal.end()).toBeUndefined()
    const { entries, ended } = readJournal(journal.file)
    expect(ended).toBe(true)
    expect(entries.filter(({ status }) => status === 'done')).toHaveLength(20)
  })

  test('that is full prevents further changes, even one whose intent is written, and leaves a readable journal', async () => {
    const whole = openOn('whole.ndjson', disk(Number.POSITIVE_INFINITY))
    await whole.intent(first)
    const size = readFileSync(whole.file).length
    await whole.end()
    // The head and the first intents fit, and half of the first result.
    const journal = openOn('full.ndjson', disk(size + 20))
    await journal.intent(first)
    await expect(journal.result({ change: first, status: 'done', ms: 1 }, 'id' as Id)).rejects.toThrow(Failure)
    await expect(journal.intent(second)).rejects.toThrow(Failure)
    await expect(journal.intent(changes[90] as Change)).rejects.toThrow(Failure)
    expect(await journal.end()).toMatchObject({ code: 'unwritable-file', severity: 'warning' })
    const { entries, ended } = readJournal(journal.file)
    expect(ended).toBe(false)
    expect(entries.map(({ ref }) => ref)).toContain(first.ref)
    expect(entries.filter(({ status }) => status !== undefined)).toEqual([])
  })

  test('that fails from the start prevents all changes', async () => {
    const journal = openOn('no-room.ndjson', disk(0))
    await expect(journal.intent(first)).rejects.toThrow(Failure)
    expect(await journal.end()).toMatchObject({ code: 'unwritable-file' })
  })
})

test('a journal that ends anywhere, or lacks any part of a line, has all its other lines', async () => {
  const journal = openJournal(join(dir, 'cut.ndjson'), head, changes.slice(0, 3), io)
  for (const change of changes.slice(0, 3)) await journal.intent(change)
  await journal.end()
  const text = readFileSync(journal.file, 'utf8')
  const lines = text.split('\n').slice(0, -1)
  const headLength = (lines[0] ?? '').length + 1
  for (let end = headLength; end < text.length; end++) {
    const whole = text.slice(0, end).split('\n').length - 1
    const { entries, damage } = parseJournal('x', text.slice(0, end))
    expect([entries.length, damage], String(end)).toEqual([Math.min(3, whole - 1), undefined])
  }
  for (let torn = 1; torn <= 3; torn++)
    for (const kept of [0, 1, 20, 60])
      for (const end of ['', '\n']) {
        const other = lines.with(torn, (lines[torn] ?? '').slice(0, kept) + (end === '' ? '\u0000' : '\u0001'))
        const joined = `${other.join('\n')}\n`.replace('\u0000\n', '').replace('\u0001', '')
        const { entries, ended } = parseJournal('x', joined)
        expect([entries.length, ended], `${torn} ${kept}`).toEqual([2, true])
      }
})
