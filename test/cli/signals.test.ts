import type { ChildProcess } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'

// CI systems cancel a job with SIGTERM.
test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a command that waits for a server, with 130', async (signal) => {
  let child: ChildProcess | undefined
  const silent = createServer(() => child?.kill(signal))
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/api`
  const started = (process: ChildProcess) => {
    child = process
  }
  const { exit, stdout, stderr } = await runCli(['export', '--api-url', url, '-o', '-'], { started })
  expect({ exit, stdout }).toEqual({ exit: 130, stdout: '' })
  expect(stderr).toContain('Stopping after the requests in flight.')
  silent.closeAllConnections()
  silent.close()
})
