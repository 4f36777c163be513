/*
 * Prints the last line of `.ci/run`: how many tests passed and failed, from vitest's JSON report. Each failure that is not a test
 * counts as one: `npm run check`, a test file that could not be loaded, a run that failed without a report. A test that passed only
 * at its second try is named with what failed at the first.
 *
 * node scripts/count-tests.mjs REPORT.json EXIT-OF-CHECK EXIT-OF-TESTS
 */
import { readFileSync } from 'node:fs'

const [file, check, tests] = process.argv.slice(2)

function read() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { testResults: [] }
  }
}

const { testResults } = read()
const all = testResults.flatMap(({ assertionResults }) => assertionResults)
const passed = all.filter(({ status }) => status === 'passed').length
const unloaded = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some(({ status }) => status === 'failed'),
)
const second = all.filter(({ status, failureMessages }) => status === 'passed' && failureMessages?.length > 0)
const skipped = all.filter(({ status }) => status !== 'passed' && status !== 'failed')

let failed = all.filter(({ status }) => status === 'failed').length + unloaded.length
if (check !== '0') failed++
if (failed === 0 && (tests !== '0' || all.length === 0)) failed++

for (const { fullName, failureMessages } of second) {
  console.log(`passed at the second try: ${fullName}\n  ${failureMessages[0].split('\n')[0]}`)
}
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`)
for (const { name } of unloaded) console.log(`could not be run: ${name}`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
