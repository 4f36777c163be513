import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/all.ts'
import { newHome, runCli, writeProfiles } from '../support/cli.ts'
import { parseReport } from '../support/report-schema.ts'

/* With -f json, the built command line prints one document of schemas/report.v1.json, whatever happens. */
const home = newHome()
writeProfiles(home, { gone: 'http://127.0.0.1:1/api', also: 'http://127.0.0.1:2/api' })
writeFileSync(join(home, 'waves.yaml'), 'from: gone\nto: also\nwaves:\n  - {name: all, tag: all}\n')
writeFileSync(join(home, 'good.yaml'), 'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: a\nspec: {value: 1}\n')
writeFileSync(join(home, 'bad.yaml'), 'kind: snapshot\nversion: 1\n---\nkind: variabel\nkey: a\n')
writeFileSync(
  join(home, 'leak.yaml'),
  "kind: snapshot\nversion: 1\n---\nkind: block\nkey: secret/a\nsecrets: {/data/value: {plain: 'canary-in-an-excerpt'}}}\n",
)
const report = async (...args: readonly string[]) => {
  const { exit, stdout, stderr } = await runCli([...args, '-f', 'json'], {
    env: { HOME: home, PREFECT_HOME: home },
    cwd: home,
  })
  const document = parseReport(stdout)
  expect(document.exit).toBe(exit)
  return { ...document, stderr }
}

/** A command line that fails, for each command, and the code or status of the failure. */
const failing: Readonly<Record<string, readonly [line: string, code: string]>> = {
  plan: ['plan good.yaml --profile gone', 'unreachable-server'],
  apply: ['apply bad.yaml --profile gone', 'unknown-kind'],
  transfer: ['transfer --from gone --to also', 'unreachable-server'],
  activate: ['activate bad.yaml --profile gone', 'unknown-kind'],
  pause: ['pause missing.yaml --profile gone', 'unreadable-file'],
  diff: ['diff good.yaml missing.yaml', 'unreadable-file'],
  verify: ['verify good.yaml --profile gone', 'unreachable-server'],
  graph: ['graph missing.yaml', 'unreadable-file'],
  explain: ['explain nonsense', 'usage'],
  backup: ['backup backups --profile gone', 'unreachable-server'],
  restore: ['restore backups --profile gone', 'no-backups'],
  undo: ['undo --last --profile gone', 'unreachable-server'],
  'bundle verify': ['bundle verify good.yaml', 'invalid-bundle'],
  'secrets list': ['secrets list bad.yaml', 'unknown-kind'],
  export: ['export --check -o good.yaml --profile gone', 'unreachable-server'],
  validate: ['validate bad.yaml', 'unknown-kind'],
  doctor: ['doctor', 'usage'],
  journals: ['journals --no-such-option', 'usage'],
  'migrate plan': ['migrate plan', 'unreachable-server'],
  'migrate sync': ['migrate sync --yes', 'unreachable-server'],
  'migrate status': ['migrate status --waves missing.yaml', 'unreadable-file'],
  'migrate cutover': ['migrate cutover all --yes', 'unreachable-server'],
  'migrate rollback': ['migrate rollback all --waves bad.yaml --yes', 'invalid-waves'],
  'migrate dual-run': ['migrate dual-run all', 'usage'],
  'migrate compare': ['migrate compare all --since yesterday', 'usage'],
  'migrate finish': ['migrate finish', 'unreachable-server'],
}

describe('-f json of a command that fails', () => {
  test('is tested here for every command that has it', () => {
    const withJson = commands.filter(({ options }) => options.format?.choices?.includes('json'))
    expect(Object.keys(failing).sort()).toEqual(withJson.map(({ name }) => name).sort())
  })

  test.each(Object.entries(failing))('%s', async (name, [line, code]) => {
    const { exit, issues, stderr } = await report(...line.split(' '))
    expect(exit).not.toBe(0)
    expect(issues.map((issue) => issue.code)).toContain(code)
    if (name !== 'validate') expect(stderr).toContain(`[${code}]`)
  })

  test('has no line of a file that contains a secret', async () => {
    const { issues, stderr } = await report('plan', 'leak.yaml', '--profile', 'gone')
    expect(issues.length).toBeGreaterThan(0)
    expect(JSON.stringify(issues) + stderr).not.toContain('canary-in-an-excerpt')
  })
})

describe('-f json', () => {
  test.each([
    ['journals'],
    ['explain'],
    ['explain deployment'],
    ['explain deployment.schedules'],
    ['explain cycle'],
    ['secrets list good.yaml'],
  ])('%s', async (line) => {
    expect((await report(...line.split(' '))).exit).toBe(0)
  })
})
