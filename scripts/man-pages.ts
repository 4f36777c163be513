/*
 * The manual: man/prefect-snapshot.1 and a page for each command, from the table of commands. The build writes them. Run as a
 * program, this also lists them in package.json, from which npm installs them.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { commonStatuses, exitCodes, exitMeanings } from '../src/cli/exit-codes.ts'
import { groups } from '../src/commands/command.ts'
import type { ExitStatus } from '../src/commands/io.ts'
import { type CommandModel, commandModels, globalOptions, type OptionModel, optionText } from './command-model.ts'
import { variableGroups } from './reference/environment-table.ts'
import { sentence } from './reference/markdown-text.ts'
import { bold, flagTerm, italic, lines, literal, manualPage, sentences, tagged } from './roff.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const packageFile = `${root}package.json`
const tool = 'prefect-snapshot'

interface Package {
  readonly version: string
  readonly man?: readonly string[]
}

const readPackage = () => JSON.parse(readFileSync(packageFile, 'utf8')) as Package

/** Every page by its file name. The same version always gives the same bytes: the pages have no date. */
export function manPages(version: string): Readonly<Record<string, string>> {
  const models = commandModels()
  const source = `${tool} ${version}`
  const pages = models.map((model) => [`${pageName(model.name)}.1`, commandPage(model, source)] as const)
  return Object.fromEntries([[`${tool}.1`, mainPage(models, source)] as const, ...pages])
}

/** Writes the pages into a folder, which has no others afterwards. */
export function writeManPages(folder = `${root}man/`): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(manPages(readPackage().version))) writeFileSync(`${folder}${name}`, text)
}

/** `migrate plan` has the page prefect-snapshot-migrate-plan. */
function pageName(command: string): string {
  return `${tool}-${command.replaceAll(' ', '-')}`
}

function reference(page: string): string {
  return `${bold(page)}(1)`
}

function mainPage(models: readonly CommandModel[], source: string): string {
  return manualPage(tool, source, [
    ['NAME', [`${literal(tool)} \\- export, review and apply the configuration of Prefect servers`]],
    ['SYNOPSIS', [`${bold(tool)} ${italic('command')} [${italic('options')}] [${italic('arguments')}]`]],
    [
      'DESCRIPTION',
      [
        sentences(
          'Exports the configuration of a Prefect server to a reviewable YAML file, shows what another server would have to change to match it, and makes exactly these changes. A snapshot has no IDs of a server and no secrets.',
        ),
        '.PP',
        lines([
          `${tool} export --profile staging -o acme.snapshot.yaml`,
          `${tool} apply acme.snapshot.yaml --profile prod`,
        ]),
      ],
    ],
    [
      'COMMANDS',
      groups.flatMap((group) => [
        `.SS "${group}"`,
        ...models
          .filter((model) => model.group === group)
          .map(({ name, summary }) => tagged(reference(pageName(name)), sentences(`${summary}.`))),
      ]),
    ],
    ['OPTIONS', globalOptions().map(optionEntry)],
    ['EXIT STATUS', exitEntries(Object.keys(exitCodes) as ExitStatus[], exitMeanings)],
    [
      'ENVIRONMENT',
      Object.values(variableGroups)
        .flat()
        .map(({ name, doc }) => tagged(bold(name), sentences(doc))),
    ],
    ['FILES', files.map(([path, doc]) => tagged(bold(path), sentences(doc)))],
  ])
}

const files = [
  ['~/.prefect/profiles.toml', 'Profiles of Prefect, which name servers and their keys.'],
  ['prefect-snapshot.yaml', 'Policy file, in the directory of the snapshot or one above it.'],
  ['waves.yaml', 'Waves of a migration.'],
  ['~/.config/prefect-snapshot/identity.txt', 'Identities of age that decrypt secrets.'],
  ['~/.local/state/prefect-snapshot/journals/', 'Journals of applies, for `undo`.'],
] as const

function commandPage(model: CommandModel, source: string): string {
  const { name, summary, description, usage, arguments: args, options, examples, exits } = model
  const page = pageName(name)
  const [, ...rest] = usage.split(' [options]')
  const notation = rest.join('').trim()
  return manualPage(page, source, [
    ['NAME', [`${literal(page)} \\- ${plainSummary(summary)}`]],
    [
      'SYNOPSIS',
      [`${bold(`${tool} ${name}`)} [${italic('options')}] ${notation === '' ? '' : flagTerm(notation)}`.trim()],
    ],
    ['DESCRIPTION', [sentences(description)]],
    ['ARGUMENTS', args.map(({ notation: one, description: doc }) => tagged(flagTerm(one), sentences(sentence(doc))))],
    [
      'OPTIONS',
      [
        ...options.map(optionEntry),
        ...(options.length > 0 ? ['.PP'] : []),
        `${sentences('Options of every command are in ')}${reference(tool)}.`,
      ],
    ],
    ['EXAMPLES', [lines(examples.map((line) => `${tool} ${line}`))]],
    [
      'EXIT STATUS',
      exitEntries([...commonStatuses, ...(Object.keys(exits) as ExitStatus[])], { ...exitMeanings, ...exits }),
    ],
    ['SEE ALSO', [reference(tool)]],
  ])
}

/** The summary as the line of NAME has it, from which indexes of manuals are made. */
function plainSummary(summary: string): string {
  return literal(summary.charAt(0).toLowerCase() + summary.slice(1))
}

function optionEntry(option: OptionModel): string {
  const value = option.default === undefined ? '' : ` Default: \`${option.default}\`.`
  return tagged(flagTerm(option.flags), sentences(optionText(option) + value))
}

function exitEntries(
  statuses: readonly ExitStatus[],
  meanings: Readonly<Partial<Record<ExitStatus, string>>>,
): string[] {
  return [...new Set(statuses)]
    .sort((a, b) => exitCodes[a] - exitCodes[b])
    .map((status) => tagged(bold(String(exitCodes[status])), sentences(meanings[status] ?? '')))
}

/** The files of package.json, which npm links into the manual. */
export function manList(): readonly string[] {
  return [tool, ...commandModels().map(({ name }) => pageName(name))].map((name) => `./man/${name}.1`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeManPages()
  writeFileSync(packageFile, `${JSON.stringify({ ...readPackage(), man: manList() }, null, 2)}\n`)
}
