/* Writes the table of versions into docs/explanation/limits.md, from the results of `npm run test:versions`: `npm run schema`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { claimed, prefect2, serverVersions } from '../test/servers/versions.ts'
import { type PairResult, type Results, readResults } from '../test/versions/results.ts'

const begin = '<!-- written by npm run schema from test/fixtures/versions.json -->\n'
const end = '<!-- end -->'

/** The table: a row for each source, a column for each destination. Throws if the counts of a pair do not add up. */
export function versionsTable(results: Results): string {
  const rows = serverVersions.map((from) => {
    const cells = claimed.map((to) => cell(results[`${from} to ${to}`], `${from} to ${to}`))
    const one = claimed.map((to) => results[`${from} to ${to}`]).find((result) => result !== undefined)
    const isSource = from === prefect2 ? ' (source only)' : ''
    return `| **${from}**${isSource} | ${one?.resources ?? ''} | ${cells.join(' | ')} |`
  })
  return [
    `| from | resources | ${claimed.join(' | ')} |`,
    `|---|---|${claimed.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n')
}

function cell(result: PairResult | undefined, pair: string): string {
  if (!result) return 'not run'
  const { resources, arrived, inPart, leftOut } = result
  if (arrived + inPart.length + leftOut.length !== resources) throw new Error(`The counts of ${pair} do not add up`)
  if (arrived === resources) return 'all'
  return [
    `${arrived}`,
    ...(inPart.length > 0 ? [`${inPart.length} in part`] : []),
    ...(leftOut.length > 0 ? [`${leftOut.length} not`] : []),
  ].join(', ')
}

/** The page with the table between its two marks. */
export function withVersionsTable(page: string, results: Results): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end, page.indexOf(begin))]
  if (from < 0 || to < 0) throw new Error('The page has no place for the table of versions')
  return `${page.slice(0, from + begin.length)}\n${versionsTable(results)}\n\n${page.slice(to)}`
}

const limits = fileURLToPath(new URL('../docs/explanation/limits.md', import.meta.url))
if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(limits, withVersionsTable(readFileSync(limits, 'utf8'), readResults()))
