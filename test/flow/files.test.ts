import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { command } from '../support/command.ts'
import { good } from '../support/journey.ts'
import { type Plain, plainHttp } from '../support/plain-http.ts'

let server: PrefectServer
let plain: Plain
const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-'))
const file = join(folder, 's.snapshot.yaml')
const run = (...args: readonly string[]) => command([...args, '--api-url', server.url], {}, folder)
const variableValue = async (name: string) => (await plain.get(`/variables/name/${name}`)).value

beforeAll(async () => {
  server = await freshServer(newest)
  plain = plainHttp(server.url)
})
afterAll(() => server?.stop())

describe('files that people write', () => {
  const header = 'kind: snapshot\r\nversion: 1\r\nscope: {include: [variable/**], exclude: [], incomplete: []}\r\n'
  const one =
    '---\r\nkind: variable\r\nkey: one\r\nspec:\r\n  value:\r\n    base: &base # of both\r\n      cpu: 1\r\n      gpu: false\r\n    big:\r\n      <<: *base # but larger\r\n      cpu: 8\r\n    same: *base\r\n'
  const two = '---\r\nkind: variable\r\nkey: two # the second\r\nspec: {value: "a"}'

  test('merge keys and aliases arrive as the values that they mean', async () => {
    writeFileSync(file, `\uFEFF${header}${one}${two}`)
    good(await run('apply', file, '--yes'))
    expect(await variableValue('one')).toEqual({
      base: { cpu: 1, gpu: false },
      big: { cpu: 8, gpu: false },
      same: { cpu: 1, gpu: false },
    })
    const check = await run('export', '-o', file, '--check')
    expect(check.exit).toBe(0)
  })

  test('an update keeps anchors, comments, line ends, the byte order mark and the missing last line end', async () => {
    const { id } = await plain.get('/variables/name/one')
    const value = { base: { cpu: 2, gpu: false }, big: { cpu: 8, gpu: true }, same: { cpu: 1, gpu: false } }
    await plain.patch(`/variables/${id}`, { name: 'one', value })
    await plain.post('/variables/', { name: 'three', value: 3 })
    good(await run('export', '-o', file, '--update'))
    const changed = one
      .replace('cpu: 1', 'cpu: 2')
      .replace('cpu: 8\r\n', 'cpu: 8\r\n      gpu: true\r\n')
      .replace('same: *base\r\n', 'same:\r\n      cpu: 1\r\n      gpu: false\r\n')
    const three = '---\r\nkind: variable\r\nkey: three\r\nspec:\r\n  value: 3\r\n'
    const text = readFileSync(file, 'utf8')
    expect(text.replace(/source:\r\n.*\r\n.*\r\n/, '')).toBe(`\uFEFF${header}${changed}${three}${two}`)
    expect((await run('export', '-o', file, '--check')).exit).toBe(0)
    const planned = await run('plan', file, '--exit-code')
    expect(planned.exit).toBe(0)
  })

  test('a document that the scope does not mean is reported by validate and plan', async () => {
    const own = join(folder, 'scope.snapshot.yaml')
    const scope = 'kind: snapshot\nversion: 1\nscope: {include: ["**"], exclude: [], tags: [team-a], incomplete: []}\n'
    const variable = (key: string, tag: string) =>
      `---\nkind: variable\nkey: ${key}\nspec: {value: 1, tags: [${tag}]}\n`
    writeFileSync(own, scope + variable('in', 'team-a') + variable('out', 'other'))
    const validated = await command(['validate', own, '-f', 'json'])
    expect(validated.exit).toBe(0)
    const { issues } = JSON.parse(validated.out)
    expect(issues).toMatchObject([{ code: 'outside-scope', ref: 'variable/out', place: { line: 9 } }])
    const planned = await run('plan', own, '-f', 'json')
    expect(JSON.parse(planned.out).issues).toEqual(issues)
  })

  test('a value with more levels than a reader accepts is named by an export, which leaves it out and can be read', async () => {
    const levels = (count: number) => Array.from({ length: count }).reduce<unknown>((value) => [value], 0)
    await plain.post('/variables/', { name: 'deep', value: { a: levels(199) } })
    await plain.post('/variables/', { name: 'level', value: levels(198) })
    const own = join(folder, 'deep.snapshot.yaml')
    const only = ['--include', 'variable/{deep,level}'] as const
    const exported = await run('export', '-o', own, ...only)
    const told = /variable\/deep is left out .*value: Its values are nested more than 200 levels deep/
    expect([exported.exit, exported.err.replace(/\s+/g, ' ')]).toEqual([8, expect.stringMatching(told)])
    expect(readFileSync(own, 'utf8').match(/^key: .*/gm)).toEqual(['key: level'])
    expect((await command(['validate', own])).exit).toBe(0)
    for (const name of ['deep', 'level']) await plain.delete(`/variables/name/${name}`)
  })

  test('a NUL on a server is named by an export, which leaves the resource out and can be read', async () => {
    await plain.post('/variables/', { name: 'nul', value: { a: ['x\0y'] } })
    await plain.post('/variables/', { name: 'sound', value: 1 })
    const own = join(folder, 'nul.snapshot.yaml')
    const only = ['--include', 'variable/{nul,sound}'] as const
    const told = /variable\/nul is left out .*value\.a\[0\]: It contains the NUL character/
    const exported = await run('export', '-o', own, ...only)
    expect([exported.exit, exported.err.replace(/\s+/g, ' ')]).toEqual([8, expect.stringMatching(told)])
    const text = readFileSync(own, 'utf8')
    expect(text.match(/^key: .*/gm)).toEqual(['key: sound'])
    expect(text).toContain('incomplete: [variable]')
    expect((await command(['validate', own])).exit).toBe(0)
    // What only the file lacks is not deleted, and a second export is the same.
    const pruned = await run('plan', own, '--prune', '-f', 'json')
    expect([pruned.exit, JSON.parse(pruned.out).changes]).toEqual([0, []])
    expect((await run('export', '-o', own, '--update')).exit).toBe(8)
    expect(readFileSync(own, 'utf8')).toBe(text)
    expect((await run('export', '-o', own, '--check')).exit).toBe(8)
    expect((await run('backup', join(folder, 'backups'), ...only)).exit).toBe(8)
    await plain.patch('/variables/name/nul', { value: 'without' })
    expect((await run('export', '-o', own, '--update')).exit).toBe(0)
    expect(readFileSync(own, 'utf8')).toContain('incomplete: []')
  })
})
