import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { newHome, type Ran, runCli } from '../support/cli.ts'

/** The policy file and the overlay of the recipe, which has the three examples. */
const recipe = readFileSync('docs/recipes/rules.md', 'utf8')
const filesOfRecipe = [...recipe.matchAll(/^cat > (\S+) <<'YAML'\n([\s\S]*?)^YAML$/gm)]

const header = 'kind: snapshot\nversion: 1\n---\nkind: flow\nkey: etl\n---\n'
const deployment = (name: string, spec: string) =>
  `kind: deployment\nkey: etl/${name}\nrefs: {flow: flow/etl}\nspec:\n  ${spec}\n`
const bad = `${header}${deployment('hourly', 'tags: [owner:core]')}---
kind: deployment
key: etl/often
refs: {flow: flow/etl}
spec:
  job_variables:
    image: docker.io/acme/etl
  schedules:
    - {cron: 0 5 * * *, active: true, slug: night}
    - {cron: '*/7 * * * *', active: true, slug: day}
`

let home: string
const cli = (...args: readonly string[]): Promise<Ran> => runCli(args, { cwd: home, env: { HOME: home } })
const write = (name: string, text: string) => writeFileSync(join(home, name), text)
beforeEach(() => {
  home = newHome()
  for (const [, name = '', text = ''] of filesOfRecipe) write(name, text)
})

test('validate tells each violation at its line, exit 7; the rule of prod applies with -E prod', async () => {
  write('bad.snapshot.yaml', bad)
  const { exit, stderr } = await cli('validate', 'bad.snapshot.yaml')
  const told = stderr.split('\n').filter((line) => line.includes('[rule-violation]'))
  expect(told).toEqual([
    'bad.snapshot.yaml:21:7 error [rule-violation] deployment/etl/often schedules[day]: No schedule runs more often than every five minutes (rule five-minutes): it has runs that are 240 s apart, less than 300 s.',
    'bad.snapshot.yaml:18:12 warning [rule-violation] deployment/etl/often job_variables.image: Images come from our registry (rule own-registry): it must match pattern "^registry\\.acme\\.example/".',
  ])
  expect([exit, stderr.includes('→ Change the value, or the rule at prefect-snapshot.yaml:13.')]).toEqual([7, true])
  write(
    'prod.overlay.yaml',
    'kind: overlay\nversion: 1\nentries:\n  - {match: deployment/etl/often, set: {/spec/tags: []}}\n',
  )
  const prod = await cli('validate', 'bad.snapshot.yaml', '-E', 'prod')
  expect(prod.stderr).toContain(
    'prod.overlay.yaml:4:41 error [rule-violation] deployment/etl/often tags: Deployments of prod have an owner tag (rule owner-tag)',
  )
})

test('a warning does not fail, and the overlay of the recipe meets the rule of prod', async () => {
  write('ok.snapshot.yaml', header + deployment('x', 'job_variables: {image: docker.io/x}'))
  const plain = await cli('validate', 'ok.snapshot.yaml')
  expect([plain.exit, plain.stderr]).toEqual([0, expect.stringContaining('warning [rule-violation]')])
  const prod = await cli('validate', 'ok.snapshot.yaml', '-E', 'prod')
  expect([prod.exit, prod.stderr.includes('owner-tag')]).toEqual([0, false])
})

test('-f json has the name of the rule, and the annotations of GitHub have its place', async () => {
  write('bad.snapshot.yaml', bad)
  const { stdout } = await cli('validate', 'bad.snapshot.yaml', '-f', 'json')
  const { exit, issues } = JSON.parse(stdout) as { exit: number; issues: Record<string, unknown>[] }
  expect([exit, ...issues.map(({ rule, severity, ref, pointer }) => [rule, severity, ref, pointer])]).toEqual([
    7,
    ['five-minutes', 'error', 'deployment/etl/often', '/spec/schedules/0'],
    ['own-registry', 'warning', 'deployment/etl/often', '/spec/job_variables/image'],
  ])
  const env = { HOME: home, GITHUB_ACTIONS: 'true' }
  const { stderr } = await runCli(['validate', 'bad.snapshot.yaml'], { cwd: home, env })
  expect(stderr).toContain('::error file=bad.snapshot.yaml,line=21,col=7,title=rule-violation::')
})

test('faults of the policy file are among those of the snapshot, once for all snapshots; exit 3', async () => {
  write(
    'prefect-snapshot.yaml',
    "protected: []\nrules:\n  - {name: a, match: 'flows/*', schema: {types: object}, message: m}\n",
  )
  write('bad.snapshot.yaml', `${header}kind: nonsense\nkey: x\n`)
  write('ok.snapshot.yaml', header + deployment('x', 'tags: []'))
  const { exit, stderr } = await cli('validate', 'bad.snapshot.yaml', 'ok.snapshot.yaml')
  const told = stderr
    .split('\n')
    .flatMap((line) => /^(\S+:\d+):\d+ error \[([\w-]+)\]/.exec(line)?.slice(1).join(' ') ?? [])
  expect([exit, ...told.sort()]).toEqual([
    3,
    'bad.snapshot.yaml:7 unknown-kind',
    'prefect-snapshot.yaml:1 invalid-policy',
    'prefect-snapshot.yaml:3 invalid-policy',
    'prefect-snapshot.yaml:3 invalid-policy',
  ])
})

test('a rule that names something which no snapshot has is a warning, unless only some lack it', async () => {
  const rule = (match: string) => `  - {name: r, match: '${match}', schema: {}, message: m}\n`
  write('a.snapshot.yaml', header + deployment('x', 'tags: []'))
  write('b.snapshot.yaml', header + deployment('y', 'tags: []'))
  const run = async (match: string, ...files: readonly string[]) => {
    write('prefect-snapshot.yaml', `rules:\n${rule(match)}`)
    const { exit, stderr } = await cli('validate', ...files)
    return [exit, stderr.match(/\[unused-rule\]/g)?.length ?? 0]
  }
  expect(await run('deployment/etl/z', 'a.snapshot.yaml', 'b.snapshot.yaml')).toEqual([0, 1])
  expect(await run('deployment/etl/x', 'a.snapshot.yaml', 'b.snapshot.yaml')).toEqual([0, 0])
  // A kind that a snapshot happens not to have is no mistake.
  expect(await run('work-pool/**', 'a.snapshot.yaml')).toEqual([0, 0])
})

test('rules are not checked on what the overlays of an environment could not be applied to', async () => {
  write('bad.snapshot.yaml', bad)
  write('prod.overlay.yaml', 'kind: overlay\nversion: 1\nentrys: []\n')
  const { exit, stderr } = await cli('validate', 'bad.snapshot.yaml', '-E', 'prod')
  expect([exit, stderr.includes('invalid-overlay'), stderr.includes('rule-violation')]).toEqual([3, true, false])
})

test('a directory is judged by the policy file above it', async () => {
  write('bad.snapshot.yaml', bad)
  mkdirSync(join(home, 'platform'))
  await cli('convert', 'bad.snapshot.yaml', '-o', 'platform/')
  const { exit, stderr } = await cli('validate', 'platform/')
  expect([exit, stderr.match(/platform\/deployment\/\S+:\d+:\d+ error \[rule-violation\]/g)?.length]).toEqual([7, 1])
})
