import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFaulty } from '../servers/faults.ts'
import { freshServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { journalIn, newHome, runCli } from '../support/cli.ts'
import { plainHttp } from '../support/plain-http.ts'
import { everyKindText } from '../support/world.ts'

/* A server that masks secrets: what an apply writes again, and what undo cannot restore, is told before. */
const home = newHome()
const stock = everyKindText()
  .split('---\n')
  .filter((text) => /^kind: block-(type|schema)\nkey: webhook(\/|\n)/.test(text))
const schema = /key: (webhook\/\w+)/.exec(stock.find((text) => text.startsWith('kind: block-schema')) ?? '')?.[1]
const file = join(home, 'hook.yaml')
const write = (method: string): void =>
  writeFileSync(
    file,
    `kind: snapshot\nversion: 1\n---\n${stock.join('---\n')}---
kind: block
key: webhook/hook
refs: {type: block-type/webhook, schema: block-schema/${schema}}
spec: {data: {method: ${method}}}
secrets: {/data/url: {env: HOOK}}
`,
  )

test('an update of a block with a masked secret warns, and undo says what nobody knows', async () => {
  const server = await freshServer(newest)
  const masked = await openFaulty(server.url, () => 'masked')
  const http = plainHttp(server.url)
  const cli = (HOOK: string | undefined, ...args: readonly string[]) =>
    runCli([...args, '--api-url', masked.url], { env: { HOME: home, ...(HOOK ? { HOOK } : {}) }, cwd: home })
  const data = async () =>
    (await http.get('/block_types/slug/webhook/block_documents/name/hook?include_secrets=true')).data
  write('GET')
  expect((await cli('https://example.org/1', 'apply', file, '--yes')).exit).toBe(0)
  expect(await data()).toMatchObject({ method: 'GET', url: 'https://example.org/1' })

  write('PUT')
  const told = /block\/webhook\/hook: undo cannot restore data\.url, .* The server does not show data\.url/
  const planned = await cli('https://example.org/2', 'plan', file)
  expect((planned.stdout + planned.stderr).replace(/\s+/g, ' ')).toMatch(told)
  const applied = await cli('https://example.org/2', 'apply', file, '--yes')
  expect(applied.exit, applied.stderr).toBe(0)
  expect(await data()).toMatchObject({ method: 'PUT', url: 'https://example.org/2' })

  // Without the value, the block cannot be written, and undo says so before it is asked to go on.
  const without = await cli(undefined, 'undo', journalIn(applied), '--yes')
  expect([without.exit, without.stderr.replace(/\s+/g, ' ')]).toEqual([
    5,
    expect.stringMatching(/webhook\/hook is not restored in full: the previous value of data\.url/),
  ])
  expect(await data()).toMatchObject({ method: 'PUT', url: 'https://example.org/2' })
  const env = { HOME: home, WEBHOOK_HOOK_URL: 'https://example.org/1' }
  const undone = await runCli(['undo', journalIn(applied), '--yes', '--api-url', masked.url], { env, cwd: home })
  expect(undone.stderr.replace(/\s+/g, ' ')).toMatch(
    /webhook\/hook gets the value that env \S+ gives now for data\.url/,
  )
  expect(await data()).toMatchObject({ method: 'GET', url: 'https://example.org/1' })
  await masked.close()
  await server.stop()
}, 400_000)
