/*
 * Checks src/, page/ and ci/ in the working directory against the import rules of .dependency-cruiser.mjs, and the diagram of rooms in
 * ARCHITECTURE.md against the imports; with --draw, redraws the diagram. Also checks that every file was read: with an unknown version
 * of TypeScript, dependency-cruiser finds no module and reports no violation.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { withDiagram } from './room-diagram.ts'

const beside = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

const config = await extractConfig(beside('.dependency-cruiser.mjs'))
const tsConfig = beside('tsconfig.json')
const rules = { ruleSet: { forbidden: config.forbidden ?? [] }, validate: true }
const options = { ...config.options, ...rules, tsConfig: { fileName: tsConfig } }
const { output } = await cruise(
  ['src', 'page', 'ci'].filter((folder) => existsSync(folder)),
  options,
  undefined,
  {
    tsConfig: extractTSConfig(tsConfig),
  },
)
const { modules, summary } = output as ICruiseResult

for (const { rule, from, to, cycle } of summary.violations) {
  const comment = config.forbidden?.find(({ name }) => name === rule.name)?.comment ?? ''
  const way = cycle ? [from, ...cycle.map(({ name }) => name)] : from === to ? [from] : [from, to]
  console.error(`${rule.name}: ${way.join(' → ')}\n  ${comment}`)
}

const files = readdirSync('src', { recursive: true }).filter((file) => String(file).endsWith('.ts'))
const seen = modules.filter(({ source }) => source.startsWith('src/')).length
if (seen < files.length) console.error(`Only ${seen} of the ${files.length} files in src/ were checked.`)

const document = 'ARCHITECTURE.md'
const text = readFileSync(document, 'utf8')
const redrawn = withDiagram(text, modules)
if (process.argv.includes('--draw')) writeFileSync(document, redrawn)
const stale = readFileSync(document, 'utf8') !== redrawn
if (stale) console.error(`${document}: The diagram of rooms is out of date. Run npm run draw.`)

const faults = summary.violations.length + (seen < files.length ? 1 : 0) + (stale ? 1 : 0)
console.log(`rooms: ${seen} files, ${summary.totalDependenciesCruised ?? 0} imports, ${faults} faults`)
process.exitCode = faults > 0 ? 1 : 0
