import { writeJson } from '../../src/json.ts'
import type { Kind } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/all.ts'
import { fieldsTable } from './kind-fields.ts'
import { anchor, code, generated, page, prose, table } from './markdown-text.ts'

/** docs/reference/kinds.md: every kind, and what becomes of each of its fields. */
export function kindsPage(table_: readonly Kind[] = kinds): string {
  return page(
    '# Kinds and fields',
    generated,
    'A snapshot has one document for each resource: `kind`, `key`, `refs` to other resources, `spec` with the fields, and `secrets`. This page has every kind, every field of it, and what happens to the field: ' +
      'whether it is written, when it is left out, and whether a server can change it. Fields of the API that no document has are in a table of their own, each with the reason; a test compares all of them with the API of every release of Prefect 3.',
    'A field with a default is left out of a snapshot where it has this value. A field without a default that a document leaves out keeps the value of the server. Any text in a `spec` can be made a secret with `--secret-path` or `secret_paths:` in the [policy file](policy.md); ' +
      'the fields that Prefect itself calls secret are secrets without that. What Prefect demands of values is in [What Prefect refuses](../rules.md), and the types are in the JSON Schema that `prefect-snapshot schema` prints.',
    table(
      ['kind', 'what it is', 'where'],
      table_.map((kind) => [`[\`${kind.name}\`](#${anchor(kind.name)})`, prose(kind.doc), whereOf(kind)]),
    ),
    ...table_.flatMap(section),
  )
}

function whereOf({ only, since }: Kind): string {
  const place = { cloud: 'only Prefect Cloud', server: 'only self-hosted servers' }
  return [only && place[only], since && `Prefect ${since} and later`].filter(Boolean).join(', ')
}

function section(kind: Kind): readonly string[] {
  return [
    `## ${kind.name}`,
    prose(kind.doc),
    facts(kind)
      .map((fact) => `- ${fact}`)
      .join('\n'),
    fieldsTable(kind),
    ...apiFields(kind),
  ]
}

/** What is true of all resources of a kind. */
function facts(kind: Kind): readonly string[] {
  const { keyDoc, ambiguous, singleton, only, since, disabledSpec, pausedSpec, parent, builtin, quotas, renames } = kind
  const paused = pausedSpec ?? disabledSpec
  return [
    `**Key**: ${prose(keyDoc)}.`,
    ...(only || since ? [`**Where**: ${whereOf(kind)}.`] : []),
    ...(ambiguous ? ['Names are not unique: resources of the same name are told apart by their content.'] : []),
    ...(singleton ? ['Every server has exactly one.'] : []),
    ...(parent ? [`A server deletes it together with its \`${parent}\`.`] : []),
    ...(builtin
      ? ['What every server registers itself is written only if another resource needs it, and never changed.']
      : []),
    ...(renames ? ['A server can rename it in place.'] : []),
    ...(disabledSpec ? [`Created paused or disabled (\`--activation paused\`) as ${specText(disabledSpec)}.`] : []),
    ...(paused ? [`\`pause\` sets ${specText(paused)}.`] : []),
    ...(kind.lostOnDelete ? ['A delete destroys what nobody can restore; the plan counts it.'] : []),
    ...(quotas ?? []).map(({ what, smallest }) => {
      const least = smallest === undefined ? '' : `: ${smallest} in the smallest tier`
      return `The tier of a Prefect Cloud account limits the number of ${what}${least}. \`doctor\` and \`plan\` check it.`
    }),
  ]
}

function specText(spec: Readonly<Record<string, unknown>>): string {
  return Object.entries(spec)
    .map(([name, value]) => code(`${name}: ${writeJson(value as never)}`))
    .join(', ')
}

/** What a server tells of a resource, and no document has. */
function apiFields({ name, coverage }: Kind): readonly string[] {
  const { own, ignored = {}, mapped = {}, otherLists = {} } = coverage
  const renamed = Object.entries(mapped).filter(([field, to]) => field !== to)
  const rows = [
    ...renamed.map(([field, to]) => [code(field), to === 'key' ? 'Written as the key.' : `Written as \`${to}\`.`]),
    ...own.map((field) => [code(field), 'Never written: the server sets it.']),
    ...Object.entries(ignored).map(([field, why]) => [code(field), `Never written: ${prose(why)}.`]),
    ...Object.entries(otherLists).map(([path, what]) => [code(path), `Never read: ${prose(what)}, not configuration.`]),
  ]
  return rows.length === 0
    ? []
    : [
        `Fields of the API that a document of ${code(name)} has under another name, or not:`,
        table(['API', 'what happens'], rows),
      ]
}
