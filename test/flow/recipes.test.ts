import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest, prefect2 } from '../servers/versions.ts'
import { runCli, writeProfiles } from '../support/cli.ts'
import { plainHttp } from '../support/plain-http.ts'
import { openSandbox } from '../support/sandbox.ts'
import { seed } from '../worlds/seed.ts'

/** Runs the commands of the recipes on a server with a small platform, and on empty ones. */
const snapshot = resolve('snapshots/data-team.snapshot.yaml')
const secret = { SECRET_GIT_TOKEN_VALUE: 'of-tests' }
const servers: PrefectServer[] = []
let staging: PrefectServer

/** A home directory with profiles, and with `prefect-snapshot` on the path. */
function sandbox(urls: Readonly<Record<string, string>>) {
  const opened = openSandbox(secret)
  writeProfiles(join(opened.home, '.prefect'), urls)
  return opened
}

async function empty(): Promise<PrefectServer> {
  const server = await freshServer(newest)
  servers.push(server)
  return server
}

async function oldPlatform(): Promise<PrefectServer> {
  const server = await freshServer(prefect2)
  servers.push(server)
  await seed('old_platform', prefect2, server.url)
  return server
}

/** A server with the small platform of `snapshots/`. */
async function filled(): Promise<PrefectServer> {
  const server = await empty()
  const { exit, stderr } = await runCli(['apply', snapshot, '--api-url', server.url, '--yes'], { env: secret })
  expect(exit, stderr).toBe(0)
  return server
}

beforeAll(async () => {
  staging = await filled()
})
afterAll(async () => {
  for (const server of servers) await server.stop()
})

describe('a recipe', () => {
  const recipes = readdirSync('docs/recipes').filter((name) => name !== 'README.md')
  const shellBlocks = (name: string) =>
    [...readFileSync(join('docs/recipes', name), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)].map(
      ([, block = '']) => block,
    )

  test('is listed in the index', () => {
    const list = readFileSync('docs/recipes/README.md', 'utf8')
    for (const name of recipes) expect(list).toContain(`(${name})`)
  })

  test.each(recipes.filter((name) => !['waves.md', 'promote.md', 'many-machines.md'].includes(name)))(
    '%s: every command succeeds',
    async (name) => {
      const blocks = shellBlocks(name)
      expect(blocks.length).toBeGreaterThan(1)
      const prod = name === 'drift.md' ? staging : await empty()
      const source = name === 'from-prefect-2.md' ? await oldPlatform() : staging
      const { bash } = sandbox({ staging: source.url, prod: prod.url, empty: (await empty()).url })
      const { exit, stdout, stderr } = await bash(blocks.join('\n'))
      expect(exit, stdout + stderr).toBe(0)
    },
  )

  test('promote.md: every command succeeds, and only the deployment and its flow are ever written', async () => {
    const { http, stateOf } = await production()
    const before = await stateOf()
    const { bash, home } = sandbox({ staging: staging.url, prod: http.url })
    const blocks = shellBlocks('promote.md')
    const promoted = blocks.findIndex((block) => block.includes(' apply '))
    for (const [index, block] of blocks.entries()) {
      const { exit, stdout, stderr } = await bash(block)
      expect(exit, `${block}\n${stdout}${stderr}`).toBe(0)
      expect(await stateOf(), block).toEqual(before)
      if (block.includes('explain')) expect(stdout).toMatch(/refs\.queue +work-queue\/k8s\/high \(external\)/)
      // The update and the plan of everything have nothing left to change.
      if (index > promoted && / (apply|plan) /.test(block)) expect(stdout).toMatch(/Nothing to do|No changes/)
      const found = (await http.list('/deployments/filter', {})).map(({ name, work_pool_name, work_queue_name }) =>
        [name, work_pool_name, work_queue_name].join(' '),
      )
      expect(found, block).toEqual(index < promoted || index === blocks.length - 1 ? [] : ['prod k8s high'])
    }
    const file = readFileSync(join(home, 'dbt-build.snapshot.yaml'), 'utf8')
    expect(file).toContain('\nexternal: [work-pool/local/**, block/**, concurrency-limit/**]\n')
    expect(file.match(/^---\nkind: .*/gm)).toEqual(['---\nkind: flow', '---\nkind: deployment'])
  })

  test('waves.md: every command succeeds, and no deployment ever runs on both servers', async () => {
    const [old, prod] = [await filled(), await empty()]
    const { bash } = sandbox({ staging: old.url, prod: prod.url })
    const history: string[][] = []
    for (const block of shellBlocks('waves.md'))
      for (const line of block.trimEnd().split('\n')) {
        const { exit, stdout, stderr } = await bash(line)
        expect(exit, `${line}\n${stdout}${stderr}`).toBe(0)
        const [before, after] = [await running(old.url), await running(prod.url)]
        expect(
          before.filter((name) => after.includes(name)),
          line,
        ).toEqual([])
        const step = [...before.map((name) => `old ${name}`), ...after.map((name) => `new ${name}`)]
        if (step.join() !== history.at(-1)?.join()) history.push(step)
      }
    const [build, report] = ['dbt-build/prod', 'report-revenue/prod']
    expect(history).toEqual([
      [`old ${build}`, `old ${report}`],
      [`old ${report}`],
      [`old ${report}`, `new ${build}`],
      [`old ${report}`],
      [`old ${build}`, `old ${report}`],
      [],
      [`new ${build}`, `new ${report}`],
    ])
    expect([await enabledAutomations(old.url), await enabledAutomations(prod.url)]).toEqual([0, 1])
  })
})

/** A server with a pool, a block and a limit of its own, and what it has, by plain HTTP. */
async function production() {
  const { url } = await empty()
  const only = ['--include', 'block/secret/git-token', '--include', 'concurrency-limit/*']
  const { exit, stderr } = await runCli(['apply', snapshot, '--api-url', url, '--yes', ...only], { env: secret })
  expect(exit, stderr).toBe(0)
  const http = plainHttp(url)
  await http.post('/work_pools/', { name: 'k8s', type: 'process', concurrency_limit: 7 })
  await http.post('/work_pools/k8s/queues', { name: 'high', concurrency_limit: 3 })
  await http.patch('/v2/concurrency_limits/warehouse-writers', { limit: 99 })
  const stateOf = async () => ({
    pools: await http.list('/work_pools/filter', {}),
    queues: await http.list('/work_pools/k8s/queues/filter', {}),
    blocks: await http.list('/block_documents/filter', { include_secrets: true }),
    schemas: await http.list('/block_schemas/filter', {}),
    limit: (await http.get('/v2/concurrency_limits/warehouse-writers')).limit,
    variables: await http.list('/variables/filter', {}),
    automations: await http.list('/automations/filter', {}),
  })
  return { http: { ...http, url }, stateOf }
}

/** The deployments that are not paused on a server, by plain HTTP. */
async function running(url: string): Promise<string[]> {
  const http = plainHttp(url)
  const flows = new Map((await http.list('/flows/filter', {})).map(({ id, name }) => [id, name]))
  return (await http.list('/deployments/filter', {}))
    .filter(({ paused }) => !paused)
    .map(({ flow_id, name }) => `${flows.get(flow_id)}/${name}`)
    .sort()
}

async function enabledAutomations(url: string): Promise<number> {
  return (await plainHttp(url).list('/automations/filter', {})).filter(({ enabled }) => enabled).length
}

describe('init', () => {
  test('writes missing files, keeps existing ones, and replaces them with --force', async () => {
    const { home, bash } = sandbox({})
    writeFileSync(join(home, '.gitignore'), 'node_modules\n.env')
    writeFileSync(join(home, 'prefect-snapshot.yaml'), 'protect: [flow/**]\n')
    const first = await bash('prefect-snapshot init')
    expect(first.exit, first.stderr).toBe(0)
    expect(first.stdout).toMatch(/^left unchanged +prefect-snapshot\.yaml$/m)
    expect(first.stdout).toMatch(/^written +\.vscode\/settings\.json$/m)
    expect(first.stderr).toContain('.gitignore exists. Add these lines to it:')
    expect(readFileSync(join(home, '.gitignore'), 'utf8')).toBe('node_modules\n.env')
    expect(readFileSync(join(home, 'prefect-snapshot.yaml'), 'utf8')).toBe('protect: [flow/**]\n')
    const second = await bash('prefect-snapshot init --force')
    expect(second.stdout).toMatch(/^up to date +\.vscode\/settings\.json$/m)
    expect(second.stdout).toMatch(/^replaced +prefect-snapshot\.yaml$/m)
    expect(readFileSync(join(home, '.gitignore'), 'utf8')).toMatch(/^node_modules\n\.env\n\*\.plain/)
    const third = await bash('prefect-snapshot init')
    expect(third.stdout).not.toMatch(/written|left|replaced|added/)
    // plan accepts the policy file, and the editor's schema is the tool's.
    const plan = await bash(
      `cp '${snapshot}' . && prefect-snapshot plan data-team.snapshot.yaml --api-url ${staging.url}`,
    )
    expect(plan.exit, plan.stderr).toBe(0)
    const settings = JSON.parse(readFileSync(join(home, '.vscode/settings.json'), 'utf8')) as Record<
      string,
      Record<string, string[]>
    >
    const [[schema = '', globs] = []] = Object.entries(settings['yaml.schemas'] ?? {})
    expect([readFileSync(join(home, schema), 'utf8'), globs]).toEqual([
      readFileSync('schemas/snapshot.v1.json', 'utf8'),
      ['*.snapshot.yaml'],
    ])
  })

  test('makes git name the resource in hunk headers', async () => {
    const { home, bash } = sandbox({})
    await bash(
      `git init -q . && prefect-snapshot init && git config diff.prefect-snapshot.xfuncname '^key: .*$' && cp '${snapshot}' a.snapshot.yaml && git add -A && git commit -qm x`,
    )
    const file = join(home, 'a.snapshot.yaml')
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace('value: b', 'value: c')
        .replace(/(?<=key: dbt-build\/prod\n(?:.*\n){8,30}?)( +cron: ).*/, '$11 1 1 1 1'),
    )
    const { stdout } = await bash('git diff')
    expect(stdout).toMatch(/^@@ .* @@ key: dbt-build\/prod$/m)
  })
})
