import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Runs the demo, which fails if a command exits with another code than it should. */
function demo(): Promise<{ text: string; exit: number | null }> {
  const child = spawn('node_modules/.bin/tsx', ['demo/demo.ts'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text += chunk
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => resolve({ text, exit }))
  })
}

test('the demo runs the tutorial to its end, and says what to read next', { timeout: 300_000 }, async () => {
  const { text, exit } = await demo()
  expect(exit, text.slice(-3000)).toBe(0)
  const numbers = /Plan: (\d+) to create.*\((\d+) successful write requests\.\)/s.exec(text)
  // A deployment whose schedule ends after a number of runs needs a second request.
  expect(Number(numbers?.[2]) - Number(numbers?.[1])).toBe(1)
  expect(text).toMatch(/Nothing to do: 270 resources as in the snapshot\.\s+\(\d+ requests, 0 of them writes/)
  expect(text).toMatch(/Write requests: PATCH \/deployments\/…\/schedules\/…\./)
  const next = [...(text.split('Read next:\n')[1] ?? '').matchAll(/^ {2}(\S+\.\S+) /gm)].map(([, file = '']) => file)
  expect(next).toEqual(['README.md', 'docs/recipes/README.md', 'snapshots/data-team.snapshot.yaml'])
  for (const file of next) expect(existsSync(file), file).toBe(true)
})
