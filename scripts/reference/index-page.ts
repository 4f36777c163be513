import { generated, page, table } from './markdown-text.ts'

const pages: Readonly<Record<string, readonly [string, string]>> = {
  commands: ['Commands', 'every command with its options, defaults, examples and exit codes'],
  'exit-codes': [
    'Exit codes',
    'what each exit code says, which commands end with it, and which issue codes lead to it',
  ],
  'issue-codes': ['Issue codes', 'every error and warning with its cause, an example and the fix'],
  kinds: ['Kinds and fields', 'every kind of resource, every field, and what happens to it'],
  json: ['JSON outputs', 'the documents of `-f json` and a saved plan'],
  policy: ['Policy file', '`prefect-snapshot.yaml`'],
  overlay: ['Overlay file', 'what is different in one environment'],
  waves: ['Waves file', '`waves.yaml` of a migration'],
  environment: ['Environment variables', 'servers, credentials, proxies, secrets'],
  library: ['Library API', 'what programs import'],
}

/** docs/reference/README.md: the list of the pages. */
export function indexPage(): string {
  return page(
    '# Reference',
    generated,
    'These pages are written from the code, so that they say what this version does.',
    table(
      ['page', 'contents'],
      Object.entries(pages).map(([file, [title, contents]]) => [`[${title}](${file}.md)`, contents]),
    ),
    'Beside them: [What Prefect refuses](../rules.md), [The log for machines](../log-events.md), [API calls of each command](../api-calls.md).',
  )
}
