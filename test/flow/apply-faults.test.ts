import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fault, openFaulty, type Seen } from '../servers/faults.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, runCli } from '../support/cli.ts'
import { applyTo, everyKind, servedWorld, worldOf } from '../support/world.ts'

let reference: { readonly server: PrefectServer; readonly world: unknown }
beforeAll(async () => {
  reference = await servedWorld()
})
afterAll(() => reference?.server.stop())

/** The counts of the last line: `Applied 106 changes: 104 done, 2 not started.` */
function counted(stdout: string) {
  const [, total = '', rest = ''] = /Applied (?:\d+ of )?(\d+) changes?: (.*)\./.exec(stdout) ?? []
  const parts = Object.fromEntries(
    [...rest.matchAll(/(\d+) ([a-z ]+)/g)].map(([, count, word = '']) => [word.trim(), Number(count)]),
  )
  return { total: Number(total), parts, sum: Object.values(parts).reduce((a, b) => a + b, 0) }
}

describe('an apply over an unreliable connection', () => {
  test('503s, 429s, and resets before and after processing: identical result, no duplicates, one outcome per change', async () => {
    const server = await freshServer(newest)
    let resets = 0
    const decide = ({ number, write, mutating }: Seen): Fault => {
      if (number % 7 === 0) return 'busy'
      if (number % 11 === 0) return 'limited'
      if (mutating && write % 13 === 0) return resets++ % 2 === 0 ? 'lost-request' : 'lost-answer'
      return undefined
    }
    const proxy = await openFaulty(server.url, decide)
    const { exit, stdout, stderr } = await applyTo(proxy.url, everyKind)
    await proxy.close()
    expect(stderr).not.toMatch(/FAILED|skipped|NOT CONVERGED/)
    expect(exit).toBe(0)
    const { total, parts, sum } = counted(stdout)
    expect(sum).toBe(total)
    expect(parts).toEqual({ done: total })
    expect(proxy.counts().faults).toBeGreaterThan(40)
    expect(resets).toBeGreaterThan(4)
    expect(await worldOf(server.url)).toEqual(reference.world)
    await server.stop()
  })

  test('every third response to a create is lost: no duplicates', async () => {
    const server = await freshServer(newest)
    let creates = 0
    const proxy = await openFaulty(server.url, ({ method, mutating }) =>
      mutating && method === 'POST' && ++creates % 3 === 0 ? 'lost-answer' : undefined,
    )
    const { exit, stderr } = await applyTo(proxy.url, everyKind)
    await proxy.close()
    expect(stderr).not.toMatch(/FAILED|skipped/)
    expect(exit).toBe(0)
    expect(await worldOf(server.url)).toEqual(reference.world)
    await server.stop()
  })

  test('the server is restarted during the apply', async () => {
    const home = mkdtempSync(join(tmpdir(), 'prefect-snapshot-restart-'))
    let server = await freshServer(newest, { home })
    const { port } = server
    let restarted: Promise<void> | undefined
    const restart = async () => {
      await server.stop()
      server = await freshServer(newest, { home, port })
    }
    const watch = await openFaulty(server.url, ({ write }) => {
      if (write === 40) restarted ??= restart()
      return undefined
    })
    const { exit, stderr } = await applyTo(watch.url, everyKind)
    await restarted
    await watch.close()
    const again = exit === 0 ? { exit } : await applyTo(server.url, everyKind)
    expect(restarted, 'the restart happened').toBeDefined()
    expect(again.exit, stderr).toBe(0)
    expect(await worldOf(server.url)).toEqual(reference.world)
    await server.stop()
    rmSync(home, { recursive: true, force: true })
  })
})

describe('an interrupted apply', () => {
  test.each([1, 33, 85])('killed at write %i, applied again: identical result, no duplicates', async (at) => {
    const server = await freshServer(newest)
    let child: ChildProcess | undefined
    const proxy = await openFaulty(server.url, ({ write, mutating }) => {
      if (!mutating || write !== at) return undefined
      setTimeout(() => child?.kill('SIGKILL'), at % 2 === 0 ? 0 : 15)
      return undefined
    })
    const killed = await runCli(['apply', everyKind, '--api-url', proxy.url, '--yes'], {
      started: (process) => (child = process),
    })
    await proxy.close()
    expect(killed.exit, 'it was killed').toBeNull()
    const { exit, stderr } = await applyTo(server.url, everyKind)
    expect(stderr).not.toMatch(/FAILED/)
    expect(exit).toBe(0)
    expect(await worldOf(server.url)).toEqual(reference.world)
    await server.stop()
  })

  test('the first Ctrl-C completes requests in flight, writes journal and summary, and exits with 130', async () => {
    const server = await freshServer(newest)
    const home = newHome()
    let child: ChildProcess | undefined
    const proxy = await openFaulty(server.url, ({ write, mutating }) => {
      if (mutating && write === 30) child?.kill('SIGINT')
      return undefined
    })
    const stopped = await runCli(['apply', everyKind, '--api-url', proxy.url, '--yes'], {
      env: { HOME: home },
      started: (process) => (child = process),
    })
    await proxy.close()
    expect(stopped.exit).toBe(130)
    const { total, parts, sum } = counted(stopped.stdout)
    expect(sum).toBe(total)
    expect(parts['not started']).toBeGreaterThan(20)
    expect(stopped.stderr).toMatch(/undo .*\.ndjson/)
    expect(stopped.stderr).toContain(
      `${parts['not started']} changes were not started. To continue, run the command again`,
    )
    expect(stopped.stdout + stopped.stderr).not.toMatch(/… not started/)
    const listed = await runCli(['journals'], { env: { HOME: home } })
    expect(listed.stdout).toMatch(new RegExp(`${parts.done} of ${total} changes`))
    expect((await applyTo(server.url, everyKind)).exit).toBe(0)
    expect(await worldOf(server.url)).toEqual(reference.world)
    await server.stop()
  })

  test('the second Ctrl-C exits at once', async () => {
    const server = await freshServer(newest)
    let child: ChildProcess | undefined
    let isAnswered = false
    const proxy = await openFaulty(server.url, async ({ write, mutating }) => {
      if (!mutating || write !== 20) return undefined
      child?.kill('SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 200))
      child?.kill('SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 40_000))
      isAnswered = true
      return undefined
    })
    const stopped = await runCli(['apply', everyKind, '--api-url', proxy.url, '--yes'], {
      started: (process) => (child = process),
    })
    expect(stopped.exit).toBe(130)
    expect(stopped.stdout).not.toMatch(/Applied/)
    expect(stopped.stderr).toMatch(/To continue, run the command again.*\n.*undo --last/)
    expect(isAnswered).toBe(false)
    await proxy.close()
    await server.stop()
  })
})
