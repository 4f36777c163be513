/*
 * Bundles src/ into dist/: the command line as one file with its code cache, and the library and the programs of CI jobs as modules.
 * Reading and compiling files is most of the startup time. Licenses of bundled packages: dist/THIRD-PARTY-LICENSES.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { answerChecks, fastChecks, fullChecks, ownChecks, smallChecks } from './checks.ts'
import { writeManPages } from './man-pages.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const dist = join(root, 'dist')

const texts: Readonly<Record<string, () => string>> = {
  'fast-checks': smallChecks,
  'full-checks': fullChecks,
  'own-checks': ownChecks,
  'answer-checks': answerChecks,
}

/** Replaces the validators with generated code, so that startup neither loads ajv nor compiles a schema. */
const writtenChecks: Plugin = {
  name: 'written-checks',
  setup({ onLoad, onResolve }) {
    const text = (contents: string) => ({ contents, loader: 'js' as const, resolveDir: join(root, 'src/snapshot') })
    onLoad({ filter: /[\\/]src[\\/]snapshot[\\/]validators\.ts$/ }, () =>
      text(fastChecks('./full-checks.cjs', './own-checks.cjs', './answer-checks.cjs')),
    )
    onLoad({ filter: /[\\/]src[\\/]snapshot[\\/]ajv\.ts$/ }, () =>
      text(`export const openAjv = () => require('./ajv.cjs').openAjv()`),
    )
    onResolve({ filter: /^(fast|full|own|answer)-checks$/ }, ({ path }) => ({ path, namespace: 'written' }))
    onLoad({ filter: /.*/, namespace: 'written' }, ({ path }) => text(texts[path]?.() ?? ''))
  },
}
/**
 * Only the connection code of undici: its `fetch` takes longer to load than all of our code. The entry file of undici also adds
 * `connect` to every dispatcher, with which a `ProxyAgent` opens tunnels.
 */
const undici = `
import connect from 'undici/lib/api/api-connect.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
export { default as Client } from 'undici/lib/dispatcher/client.js'
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js'
Dispatcher.prototype.connect = connect
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
  // Keeps names, for readable stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [writtenChecks, connectionsOnly],
}

// Not bundled: 2 MB of WebAssembly that only one format needs, and validators that only invalid documents need.
const external = ['@hpcc-js/wasm-graphviz', './full-checks.cjs', './own-checks.cjs', './answer-checks.cjs', './ajv.cjs']

rmSync(dist, { recursive: true, force: true })
const cli = await build({
  ...common,
  entryPoints: ['src/cli.ts'],
  outfile: join(dist, 'cli.cjs'),
  metafile: true,
  format: 'cjs',
  sourcemap: true,
  sourcesContent: false,
  external,
  // From V8's code cache, a function has no way to import.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'fileUrl' },
  banner: { js: "const fileUrl = require('node:url').pathToFileURL(__filename).href;" },
})
const modules = await build({
  ...common,
  entryPoints: { index: 'src/index.ts', ci: 'ci/main.ts' },
  outdir: dist,
  splitting: true,
  metafile: true,
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  external,
  banner: {
    // CommonJS packages load Node modules with `require`, which an ES module does not have.
    js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
  },
})
for (const name of ['full-checks', 'own-checks', 'answer-checks'])
  await build({ ...common, entryPoints: [name], outfile: join(dist, `${name}.cjs`), format: 'cjs' })
const ajv = await build({
  ...common,
  plugins: [],
  entryPoints: ['src/snapshot/ajv.ts'],
  outfile: join(dist, 'ajv.cjs'),
  format: 'cjs',
  metafile: true,
})
writeFileSync(
  join(dist, 'THIRD-PARTY-LICENSES'),
  licenseTexts([cli, modules, ajv].flatMap(({ metafile }) => Object.keys(metafile.inputs))),
)
writeManPages()
execFileSync(process.execPath, [join(root, 'scripts/code-cache.cjs')], { stdio: ['ignore', 'ignore', 'inherit'] })

/** The licenses of the packages in the bundle. */
function licenseTexts(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))
  return [...folders]
    .sort()
    .map(licenseText)
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function licenseText(folder: string): string {
  const path = join(root, folder)
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Record<
    'name' | 'version' | 'license',
    string
  >
  const file = existsSync(path) && readdirSync(path).find((entry) => /^licen[cs]e(\.|$)/i.test(entry))
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(path, file), 'utf8').trim() : `See its package, under ${license}.`}\n`
}
