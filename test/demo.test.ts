import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'

/** Runs the demo; every command in it must end as the story has it. */
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

test('the demo tells the story of the README to its end', { timeout: 300_000 }, async () => {
  const { text, exit } = await demo()
  expect(exit, text.slice(-3000)).toBe(0)
  const numbers = /Plan: (\d+) to create.*\((\d+) requests that wrote something\.\)/s.exec(text)
  // A deployment whose schedule ends after some runs takes a second one.
  expect(Number(numbers?.[2]) - Number(numbers?.[1])).toBe(1)
  expect(text).toMatch(/Nothing to do: 270 resources as in the snapshot\.\s+\(\d+ requests, 0 of them writing/)
  expect(text).toMatch(/What was written: PATCH \/deployments\/…\/schedules\/…\./)
})
