import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applySnapshot } from '../../src/index.ts'
import { type JsonObject, parseJson } from '../../src/json.ts'
import { newHome, writeProfiles } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { FakeSystem } from '../support/fake-system.ts'
import { toyKinds } from '../support/toy-kinds.ts'
import { type Asked, toyUrl } from '../support/toy-server.ts'

/** Commands that change a server, on servers with toy kinds: what they report where not everything goes as planned. */
const text = `kind: snapshot
version: 1
---
kind: a
key: one
spec: {count: 1}
---
kind: a
key: two
`
/** Refuses every request that reads, once something has been written. */
const unreadable =
  (system: FakeSystem, writes = 2) =>
  (asked: Asked) =>
    system.sent.length >= writes && (asked.method === 'GET' || asked.path.endsWith('/filter')) ? 400 : undefined

/** A directory with the snapshot, which is the home and the working directory of commands. */
const place = () => {
  const home = newHome()
  writeFileSync(join(home, 's.yaml'), text)
  return home
}
const run = (home: string, args: readonly string[], ask?: () => Promise<boolean>) =>
  command(args, { HOME: home, PREFECT_HOME: home }, home, { kinds: toyKinds, ...(ask ? { ask } : {}) })
const statuses = (report: JsonObject) => (report.outcomes as readonly JsonObject[]).map(({ status }) => status)
const codes = (report: JsonObject) => (report.issues as readonly JsonObject[]).map(({ code }) => code)
const parse = (out: string) => parseJson(out) as JsonObject

describe('an apply whose read-back fails', () => {
  it('reports its outcomes, its journal and a warning, and ends as if it had been verified', async () => {
    const system = new FakeSystem()
    const home = place()
    const url = await toyUrl(system, unreadable(system))
    const { exit, out, err } = await run(home, ['apply', 's.yaml', '--api-url', url, '--yes', '-f', 'json'])
    const report = parse(out)
    expect([exit, report.exit, statuses(report), codes(report)]).toEqual([0, 0, ['done', 'done'], ['not-verified']])
    expect(readFileSync(String(report.journal), 'utf8')).toContain('"type":"end"')
    expect(err).toContain(`Journal: ${String(report.journal)}`)
  })

  it.each(['text', 'markdown', 'html'])('says so as %s', async (format) => {
    const system = new FakeSystem()
    const url = await toyUrl(system, unreadable(system))
    const { exit, out, err } = await run(place(), ['apply', 's.yaml', '--api-url', url, '--yes', '-f', format])
    expect(exit).toBe(0)
    expect(out).toMatch(/2 (changes )?done|2 of 2 changes done|done in \d+ ms/)
    expect(err).toMatch(/could not be read afterwards to verify them[\s\S]*Journal: \S+\.ndjson/)
  })

  it('keeps the exit code of a change that failed', async () => {
    const system = new FakeSystem()
    system.trouble = ({ body }) => (JSON.stringify(body ?? '').includes('"two"') ? 'before' : undefined)
    let isRefused = false
    const fails = (asked: Asked) => {
      if (asked.method === 'POST' && asked.path === '/a/' && system.sent.length > 0) isRefused = true
      else return isRefused ? unreadable(system, 0)(asked) : undefined
      return 422
    }
    const url = await toyUrl(system, fails)
    const args = ['apply', 's.yaml', '--api-url', url, '--yes', '-f', 'json', '--concurrency', '1']
    const { exit, out } = await run(place(), args)
    const report = parse(out)
    expect([exit, report.exit, statuses(report)]).toEqual([5, 5, ['done', 'failed']])
    expect(codes(report)).toEqual(['not-verified'])
  })

  it('returns all of it to a program', async () => {
    const system = new FakeSystem()
    const home = place()
    const url = await toyUrl(system, unreadable(system))
    const { outcomes, issues, journal, ending } = await applySnapshot(
      { snapshot: 's.yaml', apiUrl: url },
      { kinds: toyKinds, cwd: home, home },
    )
    expect([outcomes.map(({ status }) => status), issues.map(({ code }) => code), ending]).toEqual([
      ['done', 'done'],
      ['not-verified'],
      'applied',
    ])
    expect(readFileSync(String(journal), 'utf8')).toContain('"type":"end"')
  })
})

describe('a command that asks, and is answered "no"', () => {
  const no = async () => false
  const commands: Readonly<Record<string, (home: string, url: string) => Promise<readonly string[]>>> = {
    apply: async (_, url) => ['apply', 's.yaml', '--api-url', url],
    transfer: async (home, url) => {
      const from = new FakeSystem('other')
      from.put('a', 'one')
      writeProfiles(home, { old: await toyUrl(from), new: url })
      return ['transfer', '--from', 'old', '--to', 'new']
    },
    undo: async (home, url) => {
      await run(home, ['apply', 's.yaml', '--api-url', url, '--yes', '--journal', 'j.ndjson'])
      return ['undo', 'j.ndjson', '--api-url', url]
    },
  }
  it.each(Object.entries(commands))(
    '%s prints one document in each format, and changes nothing',
    async (_, prepare) => {
      const system = new FakeSystem()
      const home = place()
      const args = await prepare(home, await toyUrl(system))
      const before = system.sent.length
      const { exit, out, err } = await run(home, [...args, '-f', 'json'], no)
      const report = parse(out)
      expect([exit, report.exit, report.schema, statuses(report)]).toEqual([1, 1, 'prefect-snapshot/apply', []])
      expect((report.changes as readonly unknown[]).length).toBeGreaterThan(0)
      expect(err).toContain('Nothing was changed.')
      expect((await run(home, [...args, '-f', 'markdown'], no)).out).toMatch(/^<!-- prefect-snapshot/)
      expect((await run(home, [...args, '-f', 'html'], no)).out).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
      expect(system.sent).toHaveLength(before)
    },
  )
})

describe('the file of an apply', () => {
  const flow = '{kind: a, key: one, spec: {count: 1}}\n'
  it.each([
    ['YAML in braces', `{kind: snapshot, version: 1}\n---\n${flow}`],
    ['YAML in braces with another key first', `{version: 1, kind: snapshot}\n---\n${flow}`],
    ['YAML in braces on lines', `{\n  kind: snapshot,\n  version: 1,\n}\n---\n${flow}`],
    ['JSON', '{"kind": "snapshot", "version": 1}\n---\n{"kind": "a", "key": "one", "spec": {"count": 1}}\n'],
    ['JSON of another order', '{"version": 1, "kind": "snapshot"}\n---\n{"key": "one", "kind": "a"}\n'],
  ])('is a snapshot, not a saved plan: %s', async (_, content) => {
    const system = new FakeSystem()
    const home = place()
    writeFileSync(join(home, 'braces.yaml'), content)
    const args = ['apply', 'braces.yaml', '--api-url', await toyUrl(system), '--yes', '-f', 'json']
    const { exit, out, issues } = await run(home, args)
    expect(issues).toEqual([])
    expect([exit, statuses(parse(out))]).toEqual([0, ['done']])
    expect([...system.objects.values()].map(({ name }) => name)).toEqual(['one'])
  })

  it('is a saved plan where it is one, and a report of a plan is refused as none', async () => {
    const system = new FakeSystem()
    const home = place()
    const url = await toyUrl(system)
    await run(home, ['plan', 's.yaml', '--api-url', url, '--out', 'p.json'])
    const { out } = await run(home, ['plan', 's.yaml', '--api-url', url, '-f', 'json'])
    writeFileSync(join(home, 'report.json'), out)
    const refused = await run(home, ['apply', 'report.json', '--api-url', url, '--yes'])
    expect(refused.issues.map(({ code }) => code)).toEqual(['invalid-plan'])
    const { exit } = await run(home, ['apply', 'p.json', '--api-url', url, '--yes'])
    expect([exit, system.objects.size]).toEqual([0, 2])
  })
})
