/*
 * npm run bench [-- NAME …] [--write]: runs the named benchmarks, or all of them, one after another, and prints their
 * tables. With --write the tables replace those of the same benchmarks in bench/README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { benches } from './all.ts'
import { tableText } from './bench.ts'

const readme = fileURLToPath(new URL('./README.md', import.meta.url))
const write = process.argv.includes('--write')
const names = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name))
if (unknown.length > 0) {
  console.error(`Unknown benchmark: ${unknown.join(', ')}. Available: ${benches.map(({ name }) => name).join(', ')}`)
  process.exit(3)
}

for (const bench of benches.filter(({ name }) => names.length === 0 || names.includes(name))) {
  console.log(`\n${bench.name}: ${bench.about}`)
  const rows = await bench.run({ small: false, say: (line) => console.log(`  … ${line}`) })
  const table = tableText(rows)
  console.log(table)
  if (write) replaceIn(bench.name, `${table}\n\nNode ${process.versions.node}, ${cpus().length} cores.`)
}
process.exit(0)

function replaceIn(name: string, text: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const now = readFileSync(readme, 'utf8')
  const at = now.indexOf(begin)
  const to = now.indexOf(end)
  if (at < 0 || to < 0) throw new Error(`bench/README.md has no section for ${name}: ${begin} … ${end}`)
  writeFileSync(readme, `${now.slice(0, at + begin.length)}\n${text}\n${now.slice(to)}`)
}
