/*
 * Makes src/report/html/bundle.ts of the sources of the page: the script and the style of an HTML report as strings, so
 * that nothing has to be read from disk when a report is written. Run by `npm run build` and `npm run check`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const beside = (path: string) => fileURLToPath(new URL(`../src/report/html/${path}`, import.meta.url))

/** The text of the bundle. */
export function bundle(): string {
  const { outputFiles } = buildSync({
    entryPoints: [beside('page/main.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    minifyWhitespace: true,
    legalComments: 'none',
  })
  const style = readFileSync(beside('page/page.css'), 'utf8').trim()
  const lines = [
    '// Made by scripts/page.ts of the files in page/. Not for editing.',
    `export const script = ${JSON.stringify(outputFiles[0]?.text.trim() ?? '')}`,
    `export const style = ${JSON.stringify(style)}`,
  ]
  return `${lines.join('\n')}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(beside('bundle.ts'), bundle())
