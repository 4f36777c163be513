import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command } from '../support/command.ts'

let root: string
let repository: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trust-'))
  repository = join(root, 'repository')
  mkdirSync(join(repository, 'prefect'), { recursive: true })
  writeFileSync(
    join(repository, 'prefect/s.yaml'),
    'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: a\nspec: {value: 1}\n',
  )
})
afterEach(() => rmSync(root, { recursive: true }))

const policy = `protect: ['variable/**']
recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]
environments: {prod: prod.yaml}
rules: [{name: no-a, match: variable/a, schema: {not: {}}, message: No.}]
`
const uid = process.getuid?.() ?? 0

/** Runs a command in the repository; its first message, without the path of the test. */
async function first(trust: { readonly all?: boolean } | undefined, ...args: readonly string[]): Promise<string> {
  const { issues, err, out } = await command(
    args,
    { HOME: root },
    repository,
    trust ? { trust: { uid, ...trust } } : {},
  )
  return (
    issues.length > 0 ? issues.map(({ code, message }) => `${code}: ${message}`).join('\n') : out + err
  ).replaceAll(root, '')
}

describe('a policy file above the repository', () => {
  beforeEach(() => {
    writeFileSync(join(root, 'prefect-snapshot.yaml'), policy)
    mkdirSync(join(repository, '.git'))
  })

  it.each([
    ['rekey', 'prefect/s.yaml'],
    ['validate', 'prefect/s.yaml', '-E', 'prod'],
  ])('stops %s, with its path', async (...args) => {
    expect(await first({}, ...args)).toContain(
      'untrusted-file: The policy file /prefect-snapshot.yaml is not used, because it is above the repository /repository.',
    )
  })

  it('is used with --trust-directory, and is no matter if the repository has one', async () => {
    expect(await first({}, 'validate', 'prefect/s.yaml')).toContain('untrusted-file')
    expect(await first({ all: true }, 'validate', 'prefect/s.yaml')).not.toContain('untrusted-file')
    writeFileSync(join(repository, 'prefect-snapshot.yaml'), '')
    expect(await first({}, 'validate', 'prefect/s.yaml')).not.toContain('untrusted-file')
  })
})

describe('a policy file that everybody may write', () => {
  beforeEach(() => {
    writeFileSync(join(repository, 'prefect-snapshot.yaml'), policy)
    chmodSync(join(repository, 'prefect-snapshot.yaml'), 0o666)
  })

  it('stops rekey and validate; without --trust-directory nothing is decided without its rules', async () => {
    for (const args of [
      ['rekey', 'prefect/s.yaml'],
      ['validate', 'prefect/s.yaml'],
    ])
      expect(await first({}, ...args)).toMatch(/untrusted-file.*\/repository\/prefect-snapshot\.yaml.*every user/s)
    expect(await first(undefined, 'validate', 'prefect/s.yaml')).not.toContain('untrusted-file')
  })

  it('stops also for an overlay of an environment', async () => {
    chmodSync(join(repository, 'prefect-snapshot.yaml'), 0o644)
    writeFileSync(join(repository, 'prod.yaml'), 'kind: overlay\nversion: 1\nentries: []\n')
    chmodSync(join(repository, 'prod.yaml'), 0o666)
    expect(await first({}, 'validate', 'prefect/s.yaml', '-E', 'prod')).toMatch(
      /^untrusted-file: The overlay prod\.yaml is not used, because every user/,
    )
  })
})
