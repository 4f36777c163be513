/* Writes docs/rules.md from the rules of all kinds: `npm run schema`. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Kind, type Rule, rulesVersion } from '../src/kind.ts'
import { kinds } from '../src/kinds/all.ts'

const intro = `# What Prefect refuses

\`validate\` tells these offline, with the line, the reason and a fix, and \`plan\` and \`apply\` before the first request (\`refused-value\`). The sources are files of
Prefect ${rulesVersion}. A finding is an error, unless the last column says why servers may have such a value nevertheless: a snapshot of such a server is valid, so there it is a warning.
Types and required fields are in the [JSON Schema](../schemas/snapshot.v1.json). This page is generated: \`npm run schema\`.
`

/** The text of docs/rules.md. */
export function rulesPage(table: readonly Kind[]): string {
  const sections = table.flatMap(({ name, keyRules = [], fields }) => {
    const rows = [
      ...keyRules.map((rule) => row('key', rule)),
      ...Object.entries(fields).flatMap(([field, { rules = [] }]) => rules.map((rule) => row(field, rule))),
    ]
    return rows.length === 0
      ? []
      : [[`\n## ${name}\n`, '| field | rule | source | why only a warning |', '|---|---|---|---|', ...rows].join('\n')]
  })
  return `${[intro.trimEnd(), ...sections].join('\n')}\n`
}

function row(field: string, { doc, source, held, since }: Rule): string {
  const from = since ? ` (from ${since} on)` : ''
  return `| \`${field}\` | ${doc.replaceAll('|', '\\|')}${from} | \`${source}\` | ${held ?? ''} |`
}

const page = fileURLToPath(new URL('../docs/rules.md', import.meta.url))
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, rulesPage(kinds))
