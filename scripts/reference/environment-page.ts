import { identity, type Setting, transport } from '../../src/profile/settings.ts'
import { type Variable, variableGroups } from './environment-table.ts'
import { code, generated, page, prose, table } from './markdown-text.ts'

const settings: Readonly<Record<string, Setting>> = { ...identity, ...transport }

/** docs/reference/environment.md: every environment variable that the tool reads. */
export function environmentPage(): string {
  return page(
    '# Environment variables',
    generated,
    "The tool reads the same settings as Prefect's own client, under the same names. A setting with a path is also read from `prefect.toml` and from `[tool.prefect]` in `pyproject.toml`, and each `PREFECT_…` setting from `.env`, all in the working directory, and from the profile.",
    'With `--profile NAME`, the URL and the credentials come from this profile alone, and the connection settings from the profile first. With `--api-url`, the credentials come from the environment alone. Otherwise the environment takes precedence over the files of the working directory, and those over the active profile. ' +
      'A file of the working directory that decides about a server that you named stops commands that write ([why](../decisions/0087-settings-that-nobody-named.md)).',
    ...Object.entries(variableGroups).flatMap(([title, variables]) => [`## ${title}`, variablesTable(variables)]),
    '## Variables that you name',
    'Secrets of a snapshot name the variables that have their values (`{env: NAME}`), and overlays read [variables in their texts](overlay.md). `--secret-env-file FILE` adds variables for secrets. The job of a CI system reads the variables of that system: see [CI systems](../ci.md).',
  )
}

function variablesTable(variables: readonly Variable[]): string {
  return table(
    ['variable', 'meaning', 'default', 'in `prefect.toml`'],
    variables.map(({ name, doc, default: value, setting }) => {
      const path = setting === undefined ? undefined : settings[setting]?.path
      return [code(name), prose(doc), value === undefined ? '' : code(value), path ? code(path.join('.')) : '']
    }),
  )
}
