/*
 * Holds src/ below the working directory to the import rules of .dependency-cruiser.mjs, and makes sure that there was
 * something to hold: with a TypeScript that it does not know, dependency-cruiser sees no module at all and finds
 * everything in order.
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const beside = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

const config = await extractConfig(beside('.dependency-cruiser.mjs'))
const tsConfig = beside('tsconfig.json')
const rules = { ruleSet: { forbidden: config.forbidden ?? [] }, validate: true }
const options = { ...config.options, ...rules, tsConfig: { fileName: tsConfig } }
const { output } = await cruise(['src'], options, undefined, { tsConfig: extractTSConfig(tsConfig) })
const { modules, summary } = output as ICruiseResult

for (const { rule, from, to, cycle } of summary.violations) {
  const comment = config.forbidden?.find(({ name }) => name === rule.name)?.comment ?? ''
  const way = cycle ? [from, ...cycle.map(({ name }) => name)] : from === to ? [from] : [from, to]
  console.error(`${rule.name}: ${way.join(' → ')}\n  ${comment}`)
}

const files = readdirSync('src', { recursive: true }).filter((file) => String(file).endsWith('.ts'))
const seen = modules.filter(({ source }) => source.startsWith('src/')).length
if (seen < files.length) console.error(`Only ${seen} of the ${files.length} files in src/ were looked at.`)

const faults = summary.violations.length + (seen < files.length ? 1 : 0)
console.log(`rooms: ${seen} files, ${summary.totalDependenciesCruised ?? 0} imports, ${faults} faults`)
process.exitCode = faults > 0 ? 1 : 0
