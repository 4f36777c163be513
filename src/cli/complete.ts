import { homedir } from 'node:os'
import type { Command, Option } from 'commander'
import { argumentKind, type Candidate, optionKind, type ValueKind, valueCandidates } from '../commands/value-kinds.ts'
import type { Kind } from '../kind.ts'
import type { Trust } from '../trust.ts'
import { type ParsedLine, parseLine, takesValue } from './parse-line.ts'
import { forBash, type ShellLine, splitLine } from './shell-line.ts'

/** What the completion of a line may look at. */
export interface CompletionEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  readonly trust: Trust
  readonly kinds: () => Promise<readonly Kind[]>
}

/** That of this process. */
export function environmentOf(trust: Trust): CompletionEnvironment {
  const kinds = async () => (await import('../kinds/all.ts')).kinds
  return { env: process.env, cwd: process.cwd(), home: homedir(), trust, kinds }
}

/** What a shell offers besides the candidates. */
type Fallback = 'files' | 'directories' | 'none'

/**
 * What a shell prints for the hidden command `__complete`: in the first line the fallback, then a candidate in each line. The
 * arguments are `bash POINT LINE WORDBREAKS`, or `zsh INDEX WORD…` and `fish INDEX WORD…`. Never throws: a line that is not
 * understood, and a file that cannot be read, complete to nothing.
 */
export async function completionText(
  program: Command,
  [shell = '', position = '', ...rest]: readonly string[],
  environment: CompletionEnvironment,
): Promise<string> {
  const line = shell === 'bash' ? splitLine(rest[0] ?? '', Number(position)) : undefined
  const words = line ? line.words.slice(1) : rest.map(unquoted)
  const index = line ? line.index - 1 : Number(position)
  const { fallback, candidates } = await complete(program, words, index, environment)
  const typed = words[index] ?? ''
  const fitting = candidates.filter(({ value }) => value.startsWith(typed) && isPrintable(value))
  const lines = line
    ? bashLines(fitting, fallback, line, rest[1] ?? '')
    : fitting.map((one) => (shell === 'zsh' ? `${one.partial ? 'p' : 'f'}${tabbed(one)}` : tabbed(one)))
  return `${[fallback, ...lines].join('\n')}\n`
}

/** Bash offers files only where there is nothing else. */
function bashLines(fitting: readonly Candidate[], fallback: Fallback, line: ShellLine, breaks: string): string[] {
  if (fallback !== 'none' && (line.words[line.index] ?? '') === '') return []
  return fitting.map(({ value, partial }) => forBash(value, line, breaks, partial ? '' : ' '))
}

function tabbed({ value, description }: Candidate): string {
  return `${value}\t${(description ?? '').replace(/\s+/g, ' ')}`
}

/** No name may move the cursor or end a line. */
function isPrintable(value: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value)
}

/** A word whose quote is open at the cursor. */
function unquoted(word: string): string {
  return word.replace(/^["']/, '')
}

interface Completed {
  readonly fallback: Fallback
  readonly candidates: readonly Candidate[]
}

async function complete(
  program: Command,
  words: readonly string[],
  index: number,
  environment: CompletionEnvironment,
): Promise<Completed> {
  const word = words[index] ?? ''
  if (words[0] === 'help' && index > 0)
    return { fallback: 'none', candidates: commandCandidates(helpOf(program, words, index)) }
  const line = parseLine(program, words, index)
  const { command, option, argument, before } = line
  if (option && takesValue(option)) {
    const choices = option.argChoices
    return valuesOf(choices, optionKind(option.attributeName()), line, word.slice(before.length), environment)
  }
  if (word.startsWith('-') && words.lastIndexOf('--', index - 1) < 0)
    return { fallback: 'none', candidates: optionCandidates(line) }
  const commands = line.isFirst ? commandCandidates(command) : []
  if (!argument) return { fallback: 'none', candidates: commands }
  const { fallback, candidates } = await valuesOf(
    argument.argChoices,
    argumentKind(argument.name()),
    line,
    word,
    environment,
  )
  return { fallback, candidates: [...commands, ...candidates] }
}

/** The command that `help` has been given so far. */
function helpOf(program: Command, words: readonly string[], index: number): Command {
  const named = words.slice(1, index)
  return named.reduce((at, name) => at.commands.find((one) => one.name() === name) ?? at, program)
}

async function valuesOf(
  choices: readonly string[] | undefined,
  kind: ValueKind = 'free',
  { before, snapshots, waves }: ParsedLine,
  typed: string,
  environment: CompletionEnvironment,
): Promise<Completed> {
  const withBefore = (values: readonly Candidate[]) => values.map((one) => ({ ...one, value: before + one.value }))
  if (choices) return { fallback: 'none', candidates: withBefore(choices.map((value) => ({ value }))) }
  const fallback = kind === 'file' || kind === 'side' ? 'files' : kind === 'directory' ? 'directories' : 'none'
  if (kind === 'file' || kind === 'directory' || kind === 'free') return { fallback, candidates: [] }
  const inHome = (path: string) => path.replace(/^~(?=\/)/, environment.home)
  const asked = { typed, snapshots: snapshots.map(inHome), ...(waves === undefined ? {} : { waves: inHome(waves) }) }
  try {
    const context = { ...environment, kinds: await environment.kinds() }
    return { fallback, candidates: withBefore(await valueCandidates(kind, asked, context)) }
  } catch {
    return { fallback, candidates: [] }
  }
}

function commandCandidates(command: Command): readonly Candidate[] {
  const commands = command.commands.length > 0 ? command.createHelp().visibleCommands(command) : []
  return commands.map((one) => ({ value: one.name(), description: one.summary() || one.description() }))
}

/** The options that may still be given. */
function optionCandidates({ command, given }: ParsedLine): readonly Candidate[] {
  const help = command.createHelp()
  const all = [...help.visibleOptions(command), ...(command.parent ? help.visibleGlobalOptions(command) : [])]
  // Many of those with a value may be repeated.
  const isLeft = (option: Option) => !given.has(option) || takesValue(option)
  return all
    .filter(isLeft)
    .flatMap(({ long, short, description }) => ((long ?? short) ? [{ value: long ?? short ?? '', description }] : []))
}
