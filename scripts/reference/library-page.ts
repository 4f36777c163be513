import { type ApiExport, apiExports } from '../api-report.ts'
import { block, generated, page, prose } from './markdown-text.ts'

/** docs/reference/library.md: what other programs import, with the doc comments of the code. */
export function libraryPage(): string {
  const all = apiExports()
  const functions = all.filter(({ isFunction }) => isFunction)
  const values = all.filter(({ isFunction, isType }) => !isFunction && !isType)
  const types = all.filter(({ isType }) => isType)
  return page(
    '# Library API',
    generated,
    'What the commands do, as functions of a request. Nothing in the library prints, reads `process`, or keeps state between calls. Every function can be aborted by a signal, and throws `Failure` with all reasons at once.',
    block(
      "import { diffSnapshots, exportSnapshot } from 'prefect-snapshot'\n\nconst snapshot = await exportSnapshot({ profile: 'staging' })\nconst { plan } = await diffSnapshots({ before: 'prod.snapshot.yaml', after: 'profile:prod' })",
      'ts',
    ),
    'Environment variables are passed, not read: without `env`, no setting of the process is used by accident. [`docs/library-api.txt`](../library-api.txt) has the signatures alone, in which a review sees each change.',
    '## Functions',
    ...functions.flatMap(section),
    '## Values',
    ...values.flatMap(section),
    '## Types',
    ...types.flatMap(section),
  )
}

function section({ name, doc, text }: ApiExport): readonly string[] {
  return [`### ${name}`, linked(doc), block(text, 'ts')]
}

/** Links of a docstring as code. */
function linked(doc: string): string {
  return prose(doc.replace(/\{@link ([^}]+?)\s*\}/g, '`$1`').replace(/\s*\n(?!\n)\s*/g, ' '))
}
