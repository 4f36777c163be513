/*
 * Bundles page/ into src/report/html/bundle.ts: the script and the style of the HTML report as strings, so that
 * writing a report reads nothing from disk. Run by `npm run build` and `npm run check`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const inRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** The style sheets, one for each part of the page; later ones override earlier ones. */
const styles = ['frame', 'list', 'detail', 'map', 'foot', 'media']

/** The text of the bundle. */
export function bundle(): string {
  const { outputFiles } = buildSync({
    entryPoints: [inRoot('page/main.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    minifyWhitespace: true,
    legalComments: 'none',
  })
  const style = styles.map((name) => readFileSync(inRoot(`page/${name}.css`), 'utf8')).join('')
  const lines = [
    '// Made by scripts/page.ts of the files in page/. Not for editing.',
    `export const script = ${JSON.stringify(outputFiles[0]?.text.trim() ?? '')}`,
    `export const style = ${JSON.stringify(style.trim())}`,
  ]
  return `${lines.join('\n')}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(inRoot('src/report/html/bundle.ts'), bundle())
