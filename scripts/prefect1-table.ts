/* Writes what becomes of the constructs of Prefect 1 into its how-to, from the flows of test/fixtures/prefect1: `npx tsx scripts/prefect1-table.ts`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Prefect1, readPrefect1 } from '../src/import/prefect1/read-prefect1.ts'
import { fixture, now } from '../test/support/prefect1.ts'

const begin = '<!-- written by scripts/prefect1-table.ts -->\n'
const end = '<!-- end -->'

/** How often a construct occurs, and how often it is carried over. */
interface Count {
  readonly total: number
  readonly carried: number
  readonly inPart: number
}

function countsOf({ constructs }: Prefect1): Map<string, Count> {
  const counts = new Map<string, Count>()
  for (const { name, told, inPart } of constructs) {
    const { total, carried, inPart: parts } = counts.get(name) ?? { total: 0, carried: 0, inPart: 0 }
    counts.set(name, { total: total + 1, carried: carried + (told ? 0 : 1), inPart: parts + (inPart ? 1 : 0) })
  }
  return counts
}

/** The table: a row for each class of Prefect 1, and the sums in words. */
export function prefect1Table(): string {
  const read = readPrefect1('graphql.json', fixture('graphql.json'), { now })
  const counts = countsOf(read)
  const classes = [...new Set([...counts.keys()].map((name) => name.split(/[. ]/)[0] ?? name))].sort()
  const rows = classes.map((name) => {
    const own = [...counts].filter(([construct]) => construct.split(/[. ]/)[0] === name)
    const listed = (test: (count: Count) => boolean) =>
      own
        .filter(([, count]) => test(count))
        .map(([construct]) => construct.slice(name.length).replace(/^[. ]/, '') || 'itself')
        .sort()
        .join(', ')
    const told = ({ carried, inPart, total }: Count) => carried + inPart < total
    return `| ${name} | ${listed(({ carried }) => carried > 0)} | ${listed(({ inPart }) => inPart > 0)} | ${listed(told)} |`
  })
  return [
    '| Prefect 1 | carried over | in part, the rest told | told |',
    '|---|---|---|---|',
    ...rows,
    '',
    sumOf(read, [...counts.values()]),
  ].join('\n')
}

function sumOf({ made, checklist }: Prefect1, counts: readonly Count[]): string {
  const sum = (of: (count: Count) => number) => counts.reduce((all, count) => all + of(count), 0)
  const having = (test: (count: Count) => boolean) => counts.filter(test).length
  const work = new Set(checklist.flows.flatMap(({ items }) => items.map(({ code }) => code)))
  return [
    `The ${made.length} flows of the tests have ${counts.length} sorts of constructs, ${sum(({ total }) => total)} in all.`,
    `Of the sorts, ${having(({ carried, total }) => carried === total)} are carried over, ${having(({ carried, inPart }) => carried + inPart === 0)} are told,`,
    `and ${having(({ carried, inPart, total }) => carried < total && carried + inPart > 0)} are carried over in part or for some values;`,
    `of all, ${sum(({ carried }) => carried)} are carried over, ${sum(({ inPart }) => inPart)} in part, and ${sum(({ total, carried, inPart }) => total - carried - inPart)} are told.`,
    `The checklist has ${work.size} sorts of work on the code.`,
  ].join('\n')
}

/** The how-to with the table between its two marks. */
export function withPrefect1Table(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end, page.indexOf(begin))]
  if (from < 0 || to < 0) throw new Error('The how-to has no place for the table')
  return `${page.slice(0, from)}${begin}${prefect1Table()}\n${page.slice(to)}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = new URL('../docs/how-to/from-prefect-1.md', import.meta.url)
  writeFileSync(path, withPrefect1Table(readFileSync(path, 'utf8')))
}
