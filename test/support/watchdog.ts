import { Worker } from 'node:worker_threads'

/** The largest input that is kept, in bytes. */
const most = 4 * 1024 * 1024
/** An input that takes longer counts as one that never ends. */
const limitMs = 60_000

const program = `
const { workerData } = require('node:worker_threads')
const { writeFileSync, writeSync, mkdtempSync } = require('node:fs')
const { join } = require('node:path')
const { tmpdir } = require('node:os')
const { shared, name, limitMs } = workerData
const numbers = new Int32Array(shared, 0, 2)
let seen = -1
let since = Date.now()
setInterval(() => {
  if (numbers[0] !== seen) {
    seen = numbers[0]
    since = Date.now()
  } else if (Date.now() - since > limitMs) {
    const file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-hunt-')), 'input')
    writeFileSync(file, Buffer.from(shared, 8, numbers[1]))
    writeSync(2, name + ': the input ' + file + ' was not read in ' + limitMs / 1000 + ' seconds.\\n')
    process.kill(process.pid, 'SIGKILL')
  }
}, 1000)
`

/** Ends the process if an input is not read within a minute, and saves that input: a loop without end cannot be interrupted. */
export function watchFor(name: string): { readonly entered: (input: string) => void; readonly close: () => void } {
  const shared = new SharedArrayBuffer(8 + most)
  const numbers = new Int32Array(shared, 0, 2)
  const bytes = new Uint8Array(shared, 8)
  const encoder = new TextEncoder()
  const worker = new Worker(program, { eval: true, workerData: { shared, name, limitMs } })
  worker.unref()
  return {
    entered(input) {
      numbers[1] = encoder.encodeInto(input, bytes).written
      numbers[0] = (numbers[0] ?? 0) + 1
    },
    close: () => void worker.terminate(),
  }
}
