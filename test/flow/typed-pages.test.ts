import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { runCli, writeProfiles } from '../support/cli.ts'
import { commandBlocks, typedBy } from '../support/command-blocks.ts'
import { forwardProxy } from '../support/forward-proxy.ts'
import { plainHttp } from '../support/plain-http.ts'
import { openSandbox, type Sandbox } from '../support/sandbox.ts'

/*
 * Types the commands of pages that need no servers of their own, page by page: from a server with a small platform to one that is empty
 * at first, and keeps what the pages leave. A page that is registered for this test and missing here fails it.
 */
const secret = { SECRET_GIT_TOKEN_VALUE: 'of-tests' }
const extra = `kind: snapshot
version: 1
external: [work-pool/local/**]
---
kind: flow
key: etl
spec: {tags: [team-a]}
---
kind: deployment
key: etl/nightly
refs: {flow: flow/etl, queue: work-queue/local/default}
spec: {entrypoint: 'etl.py:etl', tags: [team-a], paused: false, job_variables: {env: {API_KEY: key-of-tests}}}
---
kind: variable
key: region
spec: {value: eu, tags: [team-a]}
---
kind: variable
key: token
spec: {value: token-of-tests}
`
let staging: PrefectServer
let prod: PrefectServer

beforeAll(async () => {
  ;[staging, prod] = await Promise.all([freshServer(newest), freshServer(newest)])
  const team = readFileSync('snapshots/data-team.snapshot.yaml', 'utf8')
  const input = team + extra.slice(extra.indexOf('---'))
  const { exit, stderr } = await runCli(['apply', '-', '--api-url', staging.url, '--yes'], { env: secret, input })
  expect(exit, stderr).toBe(0)
})
afterAll(async () => {
  await staging?.stop()
  await prod?.stop()
})

function sandbox(env: Readonly<Record<string, string>> = {}): Sandbox {
  const opened = openSandbox({ ...secret, ...env })
  const [old, next] = [staging.url, prod.url]
  writeProfiles(join(opened.home, '.prefect'), { staging: old, old, prod: next, new: next })
  return opened
}

/** Types the blocks of a page in one shell. Answers `yes` where a command asks, and takes the exit codes that are given for a part of a line. */
async function typed(page: string, { bash }: Sandbox, exits: Readonly<Record<string, number>> = {}): Promise<string> {
  const lines = commandBlocks(page)
    .filter(({ reason }) => reason === undefined)
    .flatMap(({ text }) => text.trimEnd().split('\n'))
    .map((line) => {
      const asks = /^prefect-snapshot (?:apply|transfer|undo) /.test(line) && !/ --(?:yes|dry-run)/.test(line)
      const exit = Object.entries(exits).find(([part]) => line.includes(part))?.[1]
      const command = `${line.replace(/ +# .*/, '')}${asks ? ' --yes' : ''}`
      return exit === undefined ? command : `{ ${command} && exit 99; } || test $? -eq ${exit}`
    })
  expect(lines.length).toBeGreaterThan(0)
  const { exit, stdout, stderr } = await bash(lines.join('\n'))
  expect(exit, `${page}\n${stdout}${stderr}`).toBe(0)
  return stdout + stderr
}

const write = ({ home }: Sandbox, name: string, text: string) => writeFileSync(join(home, name), text)
const names = async ({ url }: PrefectServer, path: string) =>
  (await plainHttp(url).list(path, {})).map(({ name }) => String(name)).sort()
const variable = async ({ url }: PrefectServer, name: string) =>
  (await plainHttp(url).get(`/variables/name/${name}`)).value
const tokenOf = async ({ url }: PrefectServer) => {
  const blocks = await plainHttp(url).list('/block_documents/filter', { include_secrets: true })
  return blocks.find(({ name }) => name === 'git-token')?.data
}

const pages: Readonly<Record<string, () => Promise<void>>> = {
  'docs/guide/selection.md': async () => {
    const output = await typed('docs/guide/selection.md', sandbox())
    expect(output).toContain('Nothing to do')
    expect([await names(prod, '/variables/filter'), await names(prod, '/deployments/filter')]).toEqual([
      ['region'],
      ['nightly'],
    ])
  },
  'README.md': async () => {
    await typed('README.md', sandbox())
    expect(await names(prod, '/deployments/filter')).toEqual(await names(staging, '/deployments/filter'))
  },
  'docs/install.md': async () => {
    expect(await typed('docs/install.md', sandbox())).toContain(newest)
  },
  'docs/how-to/restart-and-undo.md': async () => {
    const box = sandbox()
    const file = join(box.home, 'prod.snapshot.yaml')
    expect((await box.bash(`prefect-snapshot export --profile prod -o '${file}'`)).exit).toBe(0)
    writeFileSync(file, readFileSync(file, 'utf8').replace('value: eu', 'value: us'))
    const output = await typed('docs/how-to/restart-and-undo.md', box)
    expect(output).toContain('Nothing to do')
    expect(await variable(prod, 'region')).toBe('us')
  },
  'docs/how-to/from-prefect-transfer.md': async () => {
    const before = await names(staging, '/deployments/filter')
    const output = await typed('docs/how-to/from-prefect-transfer.md', sandbox(), { ' doctor ': 1 })
    expect(output).toContain('"us" → "eu"')
    const running = async ({ url }: PrefectServer) =>
      (await plainHttp(url).list('/deployments/filter', {})).flatMap(({ name, paused }) =>
        paused ? [] : [String(name)],
      )
    expect([await running(staging), (await running(prod)).sort()]).toEqual([[], before])
  },
  'docs/how-to/from-terraform.md': async () => {
    expect(await typed('docs/how-to/from-terraform.md', sandbox())).toContain('Nothing to do')
  },
  'docs/how-to/behind-a-proxy.md': async () => {
    const proxy = await forwardProxy()
    try {
      await typed('docs/how-to/behind-a-proxy.md', sandbox({ PROXY_URL: `http://${proxy.address}` }))
      const asked = proxy.asked.length
      expect(asked).toBeGreaterThan(10)
      // Each request of the export, and none of the plan, which begins with the version of the server as well.
      expect(proxy.asked.filter((line) => line.endsWith('/api/admin/version')).length).toBe(1)
    } finally {
      await proxy.close()
    }
  },
  'docs/how-to/secrets.md': async () => {
    const identity = await generateX25519Identity()
    const box = sandbox()
    const file = `# public key: ${await identityToRecipient(identity)}\n${identity}\n`
    box.script('age-keygen', `test "$1" = -o && cat > "$2" <<'END'\n${file}END`)
    box.script('op', `test "$*" = 'read op://data/git/token' && echo of-1password`)
    box.script('vault', `test "$*" = 'kv get -field=token secret/data/git' && echo of-vault`)
    const output = await typed('docs/how-to/secrets.md', box)
    expect(readFileSync(join(box.home, 'encrypted.snapshot.yaml'), 'utf8')).toContain('BEGIN AGE ENCRYPTED FILE')
    expect(await tokenOf(prod)).toEqual({ value: 'of-vault' })
    for (const value of ['of-tests', 'of-1password', 'of-vault']) expect(output).not.toContain(value)
  },
  'docs/guide/secrets.md': async () => {
    const box = sandbox({ PREFECT_API_URL: staging.url })
    await typed('docs/guide/secrets.md', box)
    const text = readFileSync(join(box.home, 'prod.snapshot.yaml'), 'utf8')
    for (const value of ['key-of-tests', 'token-of-tests']) expect(text).not.toContain(value)
  },
  'docs/guide/environments.md': async () => {
    const box = sandbox()
    write(box, 'dev.snapshot.yaml', extra)
    const entry = "{match: variable/region, set: {/spec/value: 'eu-prod'}}"
    write(box, 'prod.overlay.yaml', `kind: overlay\nversion: 1\nentries:\n  - ${entry}\n`)
    write(box, 'prefect-snapshot.yaml', 'environments: {prod: prod.overlay.yaml}\n')
    await typed('docs/guide/environments.md', box)
    expect(await variable(prod, 'region')).toBe('eu-prod')
  },
  'docs/guide/external-resources.md': async () => {
    const box = sandbox()
    write(box, 'staging.snapshot.yaml', extra.replace('paused: false', 'paused: false, description: of staging'))
    await typed('docs/guide/external-resources.md', box)
    const kept = readFileSync(join(box.home, 'etl.snapshot.yaml'), 'utf8')
    expect(kept).toContain('external: [work-pool/**]')
    expect(kept).toContain('description: of staging')
  },
  'docs/guide/files.md': async () => {
    const box = sandbox()
    const set = [
      'git init --quiet -b main .',
      'prefect-snapshot export --profile prod -o platform/',
      'git add platform',
    ]
    expect((await box.bash([...set, 'git commit --quiet -m Reviewed', 'git tag v1.4'].join('\n'))).exit).toBe(0)
    const output = await typed('docs/guide/files.md', box)
    expect(output).toContain('all checksums match')
    // The bundle has the source of the secret, which the page about Vault has replaced.
    expect(output).toContain('Plan: 0 to create, 1 to update, 0 to delete')
    expect(await tokenOf(prod)).toEqual({ value: 'of-tests' })
  },
  'docs/guide/review-in-git.md': async () => {
    const box = sandbox()
    const set = ['git init --quiet -b main .', 'prefect-snapshot export --profile prod -o prod.snapshot.yaml']
    const commit = ['git add prod.snapshot.yaml', 'git commit --quiet -m Applied']
    expect((await box.bash([...set, ...commit].join('\n'))).exit).toBe(0)
    await typed('docs/guide/review-in-git.md', box)
    expect(readFileSync(join(box.home, 'drift.md'), 'utf8')).not.toBe('')
  },
  'docs/import.md': async () => {
    const box = sandbox()
    const pool = '{name: local}'
    const deployment = `{name: hourly, entrypoint: 'flow.py:load', work_pool: ${pool}, pull: []}`
    write(box, 'prefect.yaml', `name: load\ndeployments:\n  - ${deployment}\n`)
    write(box, 'flow.py', 'from prefect import flow\n\n\n@flow\ndef load():\n    pass\n')
    expect(await typed('docs/import.md', box)).toContain('deployment load/hourly')
  },
}

test('each page that is registered for this test is typed', () => {
  const registered = Object.entries(typedBy).flatMap(([page, file]) =>
    file.endsWith('/typed-pages.test.ts') ? [page] : [],
  )
  expect(Object.keys(pages).sort()).toEqual(registered.sort())
})

describe('every command of a page succeeds', () => {
  test.each(Object.entries(pages))('%s', (_, run) => run())
})
