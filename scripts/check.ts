/*
 * Runs the steps of `npm run check`, two at a time. The steps are scripts of package.json, the longest first. With --ci, the tests are
 * left out, which `npm test` runs too, and the documentation of the library is written. Prints the output of each step once it has
 * ended, and fails if one has failed; the others are run all the same.
 */
import { spawn } from 'node:child_process'

const others = ['types', 'spelling', 'rooms', 'unused', 'lint']
const steps = process.argv.includes('--ci') ? ['docs', ...others] : ['fast', ...others]

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

const failed: string[] = []
async function runUntilEmpty(): Promise<void> {
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) if (!(await run(step))) failed.push(step)
}
await Promise.all([runUntilEmpty(), runUntilEmpty()])
process.exitCode = failed.length > 0 ? 1 : 0
