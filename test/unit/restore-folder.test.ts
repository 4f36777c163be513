import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newHome } from '../support/cli.ts'
import { command } from '../support/command.ts'

const home = newHome()
const header = 'kind: snapshot\nversion: 1\n'
const folder = (name: string, files: Readonly<Record<string, string>>) => {
  mkdirSync(join(home, name))
  for (const [file, text] of Object.entries(files)) writeFileSync(join(home, name, file), text)
}
folder('empty', {})
folder('others', { 'README.md': 'hello\n', 'notes.snapshot.yaml.bak': header })
folder('yaml', { 'prefect.yaml': 'deployments: []\n' })
folder('snapshot', { 'snapshot.yaml': header })
folder('one', { 'prod.yaml': `${header}---\nkind: flow\nkey: etl\n` })
folder('json', { 'prod.yaml': '{"kind": "snapshot", "version": 1}\n---\n{"kind": "flow", "key": "etl"}\n' })
folder('backups', { '2026-01-05T00-00-00Z.snapshot.yaml': header, '2026-01-04T00-00-00Z.snapshot.yaml': 'broken: [' })

const restore = async (path: string, ...more: readonly string[]) => {
  const { exit, issues } = await command(['restore', path, '--api-url', 'http://127.0.0.1:1/api', ...more], {}, home)
  return { exit, issues: issues.map(({ code, message, fix }) => ({ code, message, fix })) }
}

describe('restore', () => {
  const named = 'no file in it has a name such as 2026-11-24T10-30-00Z.snapshot.yaml.'
  it.each([
    ['empty', `The folder empty has no backups: ${named}`],
    ['others', `The folder others has no backups: ${named}`],
    ['yaml', `The folder yaml has no backups: ${named}`],
    ['missing', 'There is no folder missing, so it has no backups.'],
    ['missing/', 'There is no folder missing/, so it has no backups.'],
  ])('says that there are no backups in %s', async (path, message) => {
    const fix = `Check the path. A backup is made with: prefect-snapshot backup ${path}.`
    const issues = [{ code: 'no-backups', message, fix }]
    expect(await restore(path)).toEqual({ exit: 3, issues })
    expect(await restore(path, '--drill')).toEqual({ exit: 3, issues })
  })

  it.each(['snapshot', 'one', 'json', 'backups', 'one/prod.yaml'])('takes %s', async (path) => {
    const { issues } = await restore(path)
    expect(issues.map(({ code }) => code)).toEqual(['unreachable-server'])
  })

  it.each([
    ['prod.yaml', 'unreadable-file'],
    ['git:main:prod.yaml', 'invalid-revision'],
  ])('leaves %s, which is no folder, to what reads it', async (path, code) => {
    const { issues } = await restore(path)
    expect(issues.map((issue) => issue.code)).toEqual([code])
  })
})

describe('a directory without YAML files', () => {
  it('is no snapshot, for every command', async () => {
    for (const args of [['validate'], ['plan'], ['graph'], ['secrets', 'list'], ['diff', 'snapshot']]) {
      const { issues, out } = await command(
        [...args, 'others', ...(args[0] === 'plan' ? ['--profile', 'local'] : [])],
        {},
        home,
      )
      expect([args, out, issues.map(({ code, message }) => `${code} ${message}`)]).toEqual([
        args,
        '',
        ['no-header The directory others has no YAML files, so it is not a snapshot.'],
      ])
    }
  })
})
