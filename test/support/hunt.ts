import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { issueCodes } from '../../src/issue/codes.ts'
import { Failure, type Issue } from '../../src/issue.ts'
import { issuesText } from '../../src/report/text/issues-text.ts'
import { styleFor } from '../../src/report/text/style.ts'
import { watchFor } from './watchdog.ts'

/** A form of input, and how it is read. */
export interface Form {
  readonly name: string
  /** Valid documents that were changed. */
  readonly inputs: fc.Arbitrary<string>
  /** Reads an input. Returns its issues; throws `Failure`, or an error where a law does not hold. */
  readonly read: (input: string) => Promise<readonly Issue[]> | readonly Issue[]
}

/** How long a form is tried, and from where. */
interface Effort {
  readonly seed: number
  /** The number of inputs, or milliseconds until no further one is made. */
  readonly inputs?: number
  readonly ms?: number
}

export interface Hunted {
  readonly form: string
  readonly inputs: number
  readonly accepted: number
  readonly seconds: number
  readonly slowestMs: number
}

/** The environment variable with the number of a batch of inputs, which a failure names. */
export const batchVariable = 'PREFECT_SNAPSHOT_HARD_BATCH'

/** The number of a seed that is written as a text. */
export function seedNumber(text: string): number {
  return createHash('sha256').update(text).digest().readInt32LE(0)
}

/** Inputs between two looks at the clock; a failure is shrunk within them. */
const batch = 100

/**
 * Reads changed inputs of a form: each has to be accepted, or refused in sentences with stable codes. Throws with the smallest
 * input that fails, which it saves. An input that takes a minute ends the process.
 */
export async function hunt(form: Form, { seed, inputs = Number.POSITIVE_INFINITY, ms }: Effort): Promise<Hunted> {
  const start = performance.now()
  const watch = watchFor(form.name)
  const counts = { inputs: 0, accepted: 0, slowestMs: 0 }
  const property = fc.asyncProperty(form.inputs, async (input) => {
    const before = performance.now()
    watch.entered(input)
    counts.inputs++
    if (await accepts(form, input)) counts.accepted++
    counts.slowestMs = Math.max(counts.slowestMs, performance.now() - before)
  })
  const isOver = () => counts.inputs >= inputs || (ms !== undefined && performance.now() - start >= ms)
  for (let turn = 0; !isOver(); turn++) {
    const numRuns = Math.min(batch, inputs - counts.inputs)
    const found = await fc.check(property, { seed: (seed + turn) | 0, numRuns })
    if (found.failed) {
      watch.close()
      throw failed(form, found)
    }
  }
  watch.close()
  const seconds = (performance.now() - start) / 1000
  return { form: form.name, ...counts, seconds }
}

async function accepts({ read }: Form, input: string): Promise<boolean> {
  let issues: readonly Issue[]
  try {
    issues = await read(input)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.issues.length === 0) throw new Error('a failure without issues')
    issues = error.issues
  }
  for (const issue of issues) check(issue)
  issuesText(issues, styleFor(false))
  return issues.every(({ severity }) => severity !== 'error')
}

/** What JavaScript says of an error in a program. */
const ofProgram =
  /\[object |\bundefined\b|is not a function|Cannot (read|set) (property|properties)|Cannot convert (undefined|object)|is not iterable|call stack|Invalid (string|array)|\n\s+at /

function check({ code, message }: Issue): void {
  if (!Object.hasOwn(issueCodes, code) || code === 'bug') throw new Error(`the code ${code}: ${message}`)
  if (message.trim() === '' || ofProgram.test(message)) throw new Error(`the message ${JSON.stringify(message)}`)
}

function failed(form: Form, { counterexample, seed, errorInstance }: fc.RunDetails<[string]>): Error {
  const file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-hunt-')), 'input')
  writeFileSync(file, counterexample?.[0] ?? '')
  const reason = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance)
  return new Error(`${form.name}: the input ${file} (${batchVariable}=${seed}) does not hold: ${reason}`)
}
