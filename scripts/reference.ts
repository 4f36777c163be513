/*
 * Writes docs/reference/ from the code: `npm run reference`. Tests hold the pages to the code. docs/reference/library.md, for which
 * the whole program is compiled, is written by scripts/api-report.ts, too.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { commandsPage } from './reference/commands-page.ts'
import { environmentPage } from './reference/environment-page.ts'
import { exitCodesPage } from './reference/exit-codes-page.ts'
import { filePage } from './reference/file-pages.ts'
import { indexPage } from './reference/index-page.ts'
import { issueCodesPage } from './reference/issue-codes-page.ts'
import { jsonPage } from './reference/json-page.ts'
import { kindsPage } from './reference/kinds-page.ts'

/** Every page but that of the library, by its file name. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'README.md': indexPage(),
    'commands.md': commandsPage(),
    'exit-codes.md': exitCodesPage(),
    'issue-codes.md': issueCodesPage(),
    'kinds.md': kindsPage(),
    'json.md': jsonPage(),
    'policy.md': filePage('policy'),
    'overlay.md': filePage('overlay'),
    'waves.md': filePage('waves'),
    'environment.md': environmentPage(),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { libraryPage } = await import('./reference/library-page.ts')
  const folder = fileURLToPath(new URL('../docs/reference/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries({ ...referencePages(), 'library.md': libraryPage() }))
    writeFileSync(`${folder}${name}`, text)
}
