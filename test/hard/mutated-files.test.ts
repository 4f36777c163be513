import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { runCli } from '../support/cli.ts'
import { forms } from '../support/forms.ts'
import { seedNumber } from '../support/hunt.ts'
import { everyKind } from '../support/world.ts'
import { seedVariable } from './sample.ts'
import { tellFigure } from './tally.ts'

/* Mutated files as users meet them: through the built tool, against a server that is empty. */

/** The environment variable with the number of files of each form. */
const filesVariable = 'PREFECT_SNAPSHOT_HARD_FILES'
const numRuns = Number(process.env[filesVariable] ?? 12)
const seed = seedNumber(process.env[seedVariable] ?? '')
/** A command that takes longer counts as one that never ends. */
const limitMs = 120_000

let url: string
const server = createServer((request, response) => {
  const path = (request.url ?? '').replace('/api', '')
  const answers: Readonly<Record<string, unknown>> = { '/admin/version': '3.8.8', '/health': true }
  const csrf = { token: 'none', client: 'one', expiration: '2099-01-01T00:00:00Z' }
  const body = path.startsWith('/csrf-token') ? csrf : path.endsWith('/count') ? 0 : (answers[path] ?? [])
  request
    .resume()
    .on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)))
})

/** The form, the name of its file, and the commands that read it. */
const cases: readonly {
  readonly form: string
  readonly file: string
  readonly commands: readonly (readonly string[])[]
}[] = [
  {
    form: 'snapshot',
    file: 'input.yaml',
    commands: [
      ['validate', 'input.yaml', '-f', 'json'],
      ['plan', 'input.yaml'],
    ],
  },
  { form: 'overlay', file: 'input.yaml', commands: [['validate', everyKind, '--overlay', 'input.yaml']] },
  { form: 'saved plan', file: 'input.json', commands: [['apply', 'input.json', '--yes']] },
  { form: 'journal', file: 'input.ndjson', commands: [['undo', 'input.ndjson', '--dry-run']] },
  {
    form: 'journal',
    file: '.local/state/prefect-snapshot/journals/input.ndjson',
    commands: [['journals'], ['undo', '--last', '--yes']],
  },
  { form: 'policy file', file: 'prefect-snapshot.yaml', commands: [['validate', 'good.yaml']] },
  { form: 'profiles.toml', file: '.prefect/profiles.toml', commands: [['export', '--profile', 'dev', '-o', '-']] },
  { form: '.env', file: '.env', commands: [['export', '-o', '-']] },
  { form: 'prefect.toml', file: 'prefect.toml', commands: [['export', '-o', '-']] },
  {
    form: 'age identities',
    file: 'input.txt',
    commands: [['secrets', 'list', 'good.yaml', '--identity', 'input.txt']],
  },
  { form: 'bundle', file: 'input.tar.gz', commands: [['bundle', 'verify', 'input.tar.gz']] },
]

describe('mutated files, through the built tool', () => {
  let runs = 0
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
  })
  afterAll(() => {
    server.close()
    tellFigure(
      `Mutated files: ${runs} runs of the built tool; each ended with an exit code of the table and without a stack trace`,
    )
  })

  test.each(cases)('$form as $file', async ({ form: name, file, commands }) => {
    const form = forms.find((one) => one.name === name)
    if (!form) throw new Error(`There is no form ${name}.`)
    const faults: string[] = []
    for (const input of fc.sample(form.inputs, { seed, numRuns })) {
      const home = homeWith(file, input, name === 'bundle' ? 'latin1' : 'utf8')
      const settings = ['.env', 'prefect.toml', 'profiles.toml'].includes(name) ? {} : { PREFECT_API_URL: url }
      for (const args of commands) {
        const env = { HOME: home, ...settings, PREFECT_CLIENT_MAX_RETRIES: '0' }
        const started = (child: { kill(signal: 'SIGKILL'): boolean }) => {
          const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
          timer.unref()
        }
        const { exit, stdout, stderr } = await runCli(args, { env, cwd: home, started })
        runs++
        const isKnown = Object.values(exitCodes).includes(exit as (typeof exitCodes)['ok'])
        if (!isKnown || /\[bug\]|"code": ?"bug"|\n\s+at \S+ \(/.test(stdout + stderr))
          faults.push(`${join(home, file)}: ${args.join(' ')} ended with ${exit}: ${stderr.slice(0, 2000)}`)
      }
    }
    expect(faults).toEqual([])
  })
})

/** A home directory with a file, and a good snapshot beside it. */
function homeWith(file: string, input: string, encoding: BufferEncoding): string {
  const home = mkdtempSync(join(tmpdir(), 'prefect-snapshot-mutated-'))
  mkdirSync(dirname(join(home, file)), { recursive: true })
  writeFileSync(join(home, file), Buffer.from(input, encoding))
  const good = 'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: a\nsecrets: {/value: {env: A}}\n'
  writeFileSync(join(home, 'good.yaml'), good)
  return home
}
