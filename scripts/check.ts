/*
 * Runs the steps of `npm run check` on two cores: the tests beside all others, one after another. The steps are scripts of
 * package.json. Prints the output of each step once it has ended, and fails if one has failed; the others are run all the same.
 */
import { spawn } from 'node:child_process'

const chains = [['fast'], ['types', 'lint', 'rooms', 'unused', 'spelling']]

/** Runs one script; returns whether it passed. */
function run(script: string): Promise<boolean> {
  const started = performance.now()
  const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output += text
    })
  }
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      process.stdout.write(`${output}${script}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s\n`)
      done(code === 0)
    })
  })
}

const results = await Promise.all(
  chains.map(async (chain) => {
    let passed = true
    for (const script of chain) passed = (await run(script)) && passed
    return passed
  }),
)
process.exitCode = results.every(Boolean) ? 0 : 1
