import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, runCli } from '../support/cli.ts'
import { plainHttp } from '../support/plain-http.ts'
import { twoTeams } from '../support/teams.ts'

/** The programs in examples/, run as a user of the library would run them, on real servers. */
let from: PrefectServer
let to: PrefectServer
const home = newHome()
const snapshot = join(home, 'teams.yaml')

async function example(name: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const words = ['node_modules/tsx/dist/cli.mjs', `examples/${name}.ts`, ...args]
  const own = { PATH: process.env.PATH ?? '', HOME: home, PREFECT_HOME: home, ...env }
  return (await promisify(execFile)(process.execPath, words, { env: own })).stdout
}

beforeAll(async () => {
  ;[from, to] = await Promise.all([freshServer(newest), freshServer(newest)])
  writeFileSync(snapshot, twoTeams)
  await runCli(['apply', snapshot, '--api-url', from.url, '--yes'], { env: { HOME: home } })
  // With what the server adds, such as the default queue of a pool.
  await runCli(['export', '--api-url', from.url, '-o', snapshot], { env: { HOME: home } })
})
afterAll(async () => {
  await Promise.all([from?.stop(), to?.stop()])
})

describe('examples', () => {
  test('custom-reporter prints a plan in a custom format', async () => {
    const text = await example('custom-reporter', { PREFECT_API_URL: to.url }, snapshot)
    expect(text).toMatch(/^action,resource\n(create,"[^"]+"\n)+$/)
  })

  test('drift-report posts differences, and nothing if there are none', async () => {
    const bodies: string[] = []
    const hook = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text))
      request.on('end', () => response.end())
    })
    await new Promise<void>((listening) => hook.listen(0, '127.0.0.1', listening))
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`
    expect(await example('drift-report', { PREFECT_API_URL: from.url }, snapshot, url)).toBe('0 changes\n')
    expect(bodies).toEqual([])
    expect(await example('drift-report', { PREFECT_API_URL: to.url }, snapshot, url)).toMatch(/^[1-9]\d* changes\n$/)
    expect(bodies.join('')).toContain('to create')
    hook.close()
  })

  test('copy-team creates the deployments of one team, paused, with another parameter', async () => {
    await example('copy-team', {}, from.url, to.url, 'red')
    const deployments = await plainHttp(to.url).list('/deployments/filter', { limit: 50 })
    const copied = deployments.filter(({ tags }) => (tags as string[]).includes('red'))
    expect(copied.length).toBeGreaterThan(0)
    for (const { paused, parameters } of copied)
      expect([paused, (parameters as { bucket?: string }).bucket]).toEqual([true, 'prod-bucket'])
  })
})
