import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checksumOf } from '../../src/kinds/block/checksum.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { old, testVersions } from '../servers/versions.ts'
import { journalIn, newHome, runCli } from '../support/cli.ts'
import { worldOf } from '../support/world.ts'
import { seed } from '../worlds/seed.ts'

const canariesIn = (text: string) => new Set(text.match(/CANARY\d{3}x/g))

/** Blocks of types that Prefect's own client registers, with a canary in every shape that a secret field can have. */
describe.each(testVersions)('secrets of blocks on %s', (version) => {
  const home = newHome()
  const output = join(home, 'shapes.snapshot.yaml')
  const cli = (...args: readonly string[]) => runCli(args, { env: { HOME: home }, cwd: home })
  let from: PrefectServer
  let to: PrefectServer
  let planted: number

  beforeAll(async () => {
    ;[from, to] = await Promise.all([freshServer(version), freshServer(version)])
    planted = (await seed('secret_shapes', version, from.url)).canaries ?? 0
  })
  afterAll(async () => {
    await from?.stop()
    await to?.stop()
  })

  test('an export contains none of the secrets, and warns about the declared secrets that it had to guess', async () => {
    const response = await fetch(`${from.url}/block_documents/filter`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ include_secrets: true }),
    })
    // The client itself masks a few before it saves them.
    expect(canariesIn(await response.text()).size).toBeGreaterThan(planted - 9)
    const exported = await cli('export', '--api-url', from.url, '-o', output)
    expect(exported.exit, exported.stderr).toBe(0)
    expect([...canariesIn(readFileSync(output, 'utf8') + exported.stderr + exported.stdout)]).toEqual([])
    // The client of 3.4.14 saves each value under its declared path, or its mask: there is nothing to guess.
    if (version === old) return
    expect(exported.stderr).toContain('[unmatched-secret]')
    for (const path of ['ser', 'headers.*', 'dict_aliased.token'])
      expect(exported.stderr).toContain(`the secret field "${path}"`)
  })

  test.skipIf(version === old)('--strict-secrets refuses to guess, and writes nothing', async () => {
    const before = readFileSync(output, 'utf8')
    const strict = await cli('export', '--api-url', from.url, '-o', output, '--strict-secrets')
    expect([strict.exit, readFileSync(output, 'utf8')]).toEqual([8, before])
  })

  // The client of 3.4.14 saves the mask of a secret with an alias.
  test.skipIf(version === old)('encrypted secrets arrive unchanged, each in its place', async () => {
    const identity = await generateX25519Identity()
    writeFileSync(join(home, 'key.txt'), `${identity}\n`)
    const recipient = await identityToRecipient(identity)
    const file = join(home, 'age.snapshot.yaml')
    const exported = await cli(
      'export',
      '--api-url',
      from.url,
      '-o',
      file,
      '--secrets',
      'age',
      '--recipient',
      recipient,
    )
    expect(exported.exit, exported.stderr).toBe(0)
    expect([...canariesIn(readFileSync(file, 'utf8'))]).toEqual([])
    const applied = await cli('apply', file, '--api-url', to.url, '--yes', '--identity', 'key.txt')
    expect(applied.exit, applied.stderr + applied.stdout).toBe(0)
    expect(await worldOf(to.url)).toEqual(await worldOf(from.url))
    const again = await cli('plan', file, '--api-url', to.url, '--identity', 'key.txt', '--exit-code')
    expect(again.exit, again.stdout).toBe(0)
  })

  test('a value that the snapshot has in clear text is not treated as a guess: it is applied, compares as equal, and its create can be undone', async () => {
    const fields = {
      title: 'Note',
      type: 'object',
      block_type_slug: 'note',
      block_schema_references: {},
      secret_fields: ['token'],
      properties: { token: { title: 'Token', type: 'string' } },
    }
    const checksum = checksumOf(fields)
    const schema = `note/${checksum.slice(7, 15)}`
    const block = (text: string) => ({
      kind: 'block',
      key: 'note/public',
      refs: { type: 'block-type/note', schema: `block-schema/${schema}` },
      spec: { data: { text, more: { list: ['a', text] } } },
    })
    const file = join(home, 'note.snapshot.yaml')
    const write = (text?: string) => {
      const documents = [
        { kind: 'snapshot', version: 1 },
        { kind: 'block-type', key: 'note', spec: { name: 'Note' } },
        {
          kind: 'block-schema',
          key: schema,
          refs: { type: 'block-type/note' },
          spec: { checksum, version: '1', fields },
        },
        ...(text === undefined ? [] : [block(text)]),
      ]
      writeFileSync(file, documents.map((document) => `---\n${JSON.stringify(document)}\n`).join(''))
    }
    const applied = async (text?: string) => {
      write(text)
      const ran = await cli('apply', file, '--api-url', to.url, '--yes')
      expect(ran.exit, ran.stdout + ran.stderr).toBe(0)
      // 10 where the tests before have left more on the server than the file has.
      const again = await cli('plan', file, '--api-url', to.url, '--exit-code')
      expect([0, 10], again.stdout).toContain(again.exit)
      return ran
    }
    await applied()
    const created = await applied('first')
    const undone = await cli('undo', journalIn(created), '--api-url', to.url, '--yes')
    expect(undone.exit, undone.stdout + undone.stderr).toBe(0)
    await applied('second')
    // Another value of the server may be a secret: it is not shown.
    const changed = await applied('third')
    expect(changed.stdout + changed.stderr).not.toContain('second')
  })
})
