import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newHome, writeProfiles } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { toyKinds } from '../support/toy-kinds.ts'
import { toyUrl } from '../support/toy-server.ts'

const header = 'kind: snapshot\nversion: 1\n'

async function user() {
  const home = newHome()
  writeProfiles(home, { one: await toyUrl(), two: await toyUrl() })
  writeFileSync(join(home, 's.yaml'), `${header}---\nkind: a\nkey: one\nspec: {count: 1}\n`)
  writeFileSync(join(home, 'more.yaml'), `${header}---\nkind: a\nkey: one\nspec: {count: 2}\n---\nkind: a\nkey: two\n`)
  writeFileSync(join(home, 'bad.yaml'), `${header}---\nkind: nonsense\nkey: x\n`)
  const env = { HOME: home, PREFECT_HOME: home }
  const run = (line: string) => command(line.split(' '), env, home, { kinds: toyKinds })
  return { home, run }
}

describe('--quiet', () => {
  it('prints nothing, on either stream, where nothing is wrong', async () => {
    const { run } = await user()
    for (const line of [
      'apply s.yaml --profile one --yes',
      'apply s.yaml --profile one --yes',
      'plan s.yaml --profile one',
      'plan s.yaml --profile one --out plan.json',
      'diff s.yaml profile:one',
      'verify s.yaml --profile one',
      'validate s.yaml more.yaml',
      'doctor --from one --to two',
      'backup backups --profile one',
      'backup backups --profile one --keep 1',
      'restore backups --profile two --yes',
      'transfer --from one --to two --yes --allow-same-server',
      'export --profile one -o out.yaml',
      'export --profile one -o out.yaml --update',
      'export --profile one -o out.yaml --check',
      'convert s.yaml -o folder/',
      'bundle s.yaml -o s.tar.gz',
      'bundle verify s.tar.gz',
      'init project',
      'undo --last --profile two --yes',
      'journals --log text',
    ]) {
      const { exit, out, err, issues } = await run(`${line} --quiet`)
      const told = line.startsWith('journals') ? '' : out
      expect([line, exit, told, err, issues]).toEqual([line, 0, '', '', []])
    }
  })

  it('prints what was asked for', async () => {
    const { run } = await user()
    for (const [line, wanted] of [
      ['plan s.yaml --profile one', '1 to create'],
      ['diff s.yaml more.yaml', '1 created, 1 updated'],
      ['transfer --from two --to one --dry-run', 'Plan for one'],
      ['apply s.yaml --profile one --yes -f json', '"prefect-snapshot/apply"'],
      ['export --profile one', 'kind: snapshot'],
      ['backup backups --profile one -f json', '"prefect-snapshot/backup"'],
      ['verify s.yaml --profile one -f json', '"status": "ok"'],
      ['validate s.yaml -f json', '"file": "s.yaml"'],
      ['explain a', 'spec.count'],
    ] as const)
      expect((await run(`${line} --quiet`)).out, line).toContain(wanted)
  })

  it('prints what is wrong', async () => {
    const { run } = await user()
    const validated = await run('validate s.yaml bad.yaml --quiet')
    expect([validated.exit, validated.out]).toEqual([3, 'bad.yaml: 1 fault\n'])
    expect(validated.err).toContain('[unknown-kind]')
    const verified = await run('verify s.yaml --profile one --quiet')
    expect([verified.exit, verified.out]).toEqual([
      2,
      '✗ a  0 of 1 resource as in the snapshot\n✗ a  one is missing\nNot ready: 2 errors.\n',
    ])
  })

  it('shows the plan to somebody who is asked', async () => {
    const { home } = await user()
    const asked: string[] = []
    const ask = async (question: string) => {
      asked.push(question)
      return true
    }
    const env = { HOME: home, PREFECT_HOME: home }
    const { out } = await command('apply s.yaml --profile one --quiet'.split(' '), env, home, { kinds: toyKinds, ask })
    expect([asked.length, out.includes('1 to create')]).toEqual([1, true])
  })
})
