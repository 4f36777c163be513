/*
 * Makes dist/ of src/: one file that every command loads, and one for each part that only some need. A start reads five files
 * instead of two hundred, which is most of its time. What is bundled keeps its licence: dist/THIRD-PARTY-LICENSES.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { fullChecks, quickChecks, smallChecks } from './checks.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const dist = join(root, 'dist')

const texts: Readonly<Record<string, () => string>> = {
  'quick-checks': smallChecks,
  'full-checks': fullChecks,
}

/** The checks of documents as code that was written beforehand, so that neither ajv is loaded nor a schema compiled. */
const writtenChecks: Plugin = {
  name: 'written-checks',
  setup({ onLoad, onResolve }) {
    const text = (contents: string) => ({ contents, loader: 'js' as const, resolveDir: join(root, 'src/snapshot') })
    onLoad({ filter: /[\\/]src[\\/]snapshot[\\/]validators\.ts$/ }, () => text(quickChecks('./full-checks.cjs')))
    onResolve({ filter: /^(quick|full)-checks$/ }, ({ path }) => ({ path, namespace: 'written' }))
    onLoad({ filter: /.*/, namespace: 'written' }, ({ path }) => text(texts[path]?.() ?? ''))
  },
}
/** Of undici the connections alone: its `fetch` takes longer to load than all of ours. */
const undici = `
export { default as Client } from 'undici/lib/dispatcher/client.js'
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js'
`
const connectionsOnly: Plugin = {
  name: 'connections-only',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'connections' }))
    onLoad({ filter: /.*/, namespace: 'connections' }, () => ({ contents: undici, resolveDir: root }))
  },
}
const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Names stay, so that a stack trace can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [writtenChecks, connectionsOnly],
}

rmSync(dist, { recursive: true, force: true })
const { metafile } = await build({
  ...common,
  entryPoints: ['src/cli.ts'],
  outdir: dist,
  splitting: true,
  metafile: true,
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  // 2 MB of WebAssembly for one rendering stay in their package.
  external: ['@hpcc-js/wasm-graphviz', './full-checks.cjs'],
  banner: {
    // Packages that are CommonJS ask for parts of Node by `require`, which a module does not have.
    js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
  },
})
await build({ ...common, entryPoints: ['full-checks'], outfile: join(dist, 'full-checks.cjs'), format: 'cjs' })
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licences(Object.keys(metafile.inputs)))

/** The licences of the packages that the files are from. */
function licences(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))
  return [...folders]
    .sort()
    .map(licence)
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function licence(folder: string): string {
  const path = join(root, folder)
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Record<
    'name' | 'version' | 'license',
    string
  >
  const file = existsSync(path) && readdirSync(path).find((entry) => /^licen[cs]e(\.|$)/i.test(entry))
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(path, file), 'utf8').trim() : `See its package, under ${license}.`}\n`
}
