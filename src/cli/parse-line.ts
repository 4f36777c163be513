import type { Argument, Command, Option } from 'commander'
import { snapshotKeys } from '../commands/value-kinds.ts'

/** A command line as far as it is typed, and the word at the cursor. */
export interface ParsedLine {
  readonly command: Command
  /** The option whose value the word is. */
  readonly option?: Option
  /** The argument that the word is. */
  readonly argument?: Argument
  /** What comes before the value in the word: `--format=`. */
  readonly before: string
  /** Whether the word may be a subcommand. */
  readonly isFirst: boolean
  /** Options that are given elsewhere on the line. */
  readonly given: ReadonlySet<Option>
  readonly snapshots: readonly string[]
  readonly waves?: string
}

interface State {
  command: Command
  awaiting: Option | undefined
  positional: number
  onlyPositional: boolean
  readonly given: Set<Option>
  readonly values: { readonly key: string; readonly value: string }[]
}

/** Reads a line as commander would, also where it is not complete. `words` come after the name of the tool. */
export function parseLine(program: Command, words: readonly string[], index: number): ParsedLine {
  const state: State = {
    command: program,
    awaiting: undefined,
    positional: 0,
    onlyPositional: false,
    given: new Set(),
    values: [],
  }
  for (const word of words.slice(0, index)) take(state, word)
  const word = words[index] ?? ''
  const { command, positional, awaiting } = state
  const attached = !awaiting && !state.onlyPositional ? /^(--[^=]+=)/.exec(word)?.[1] : undefined
  const option = awaiting ?? (attached === undefined ? undefined : optionOf(command, attached.slice(0, -1)))
  const argument =
    option || (word.startsWith('-') && !state.onlyPositional) ? undefined : argumentAt(command, positional)
  // The words after the cursor may name the snapshot.
  state.awaiting = undefined
  if (argument) state.positional++
  for (const later of words.slice(index + 1)) take(state, later)
  const valuesOf = (keys: ReadonlySet<string>) =>
    state.values.filter(({ key }) => keys.has(key)).map(({ value }) => value)
  const [waves] = valuesOf(new Set(['waves']))
  return {
    command,
    ...(option ? { option } : {}),
    ...(argument ? { argument } : {}),
    before: option && attached !== undefined ? attached : '',
    isFirst: positional === 0 && !option,
    given: state.given,
    snapshots: valuesOf(snapshotKeys),
    ...(waves === undefined ? {} : { waves }),
  }
}

/** Takes one word of the line. */
function take(state: State, word: string): void {
  if (state.awaiting) {
    state.values.push({ key: state.awaiting.attributeName(), value: word })
    state.awaiting = undefined
  } else if (!state.onlyPositional && word === '--') state.onlyPositional = true
  else if (!state.onlyPositional && word.startsWith('-') && word !== '-') takeOption(state, word)
  else takePositional(state, word)
}

function takeOption(state: State, word: string): void {
  const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? /^(-[A-Za-z])(.+)$/s.exec(word) ?? [word, word]
  const option = optionOf(state.command, name)
  if (!option) return
  state.given.add(option)
  if (!takesValue(option)) return
  if (value === undefined) state.awaiting = option
  else state.values.push({ key: option.attributeName(), value })
}

function takePositional(state: State, word: string): void {
  const inner = state.positional === 0 ? subcommand(state.command, word) : undefined
  if (inner) {
    state.command = inner
    return
  }
  const argument = argumentAt(state.command, state.positional)
  if (argument) state.values.push({ key: argument.name(), value: word })
  state.positional++
}

/** Whether an option has a value. */
export function takesValue({ required, optional }: Option): boolean {
  return required || optional
}

function subcommand(command: Command, word: string): Command | undefined {
  return command.commands.find((one) => one.name() === word)
}

/** The argument at a position; the last one may be repeated. */
function argumentAt({ registeredArguments }: Command, position: number): Argument | undefined {
  const last = registeredArguments.at(-1)
  return registeredArguments[position] ?? (last?.variadic ? last : undefined)
}

/** An option by one of its names, of the command or of the whole program. */
function optionOf(command: Command, name: string): Option | undefined {
  for (let at: Command | null = command; at; at = at.parent) {
    const found = at.options.find(({ long, short }) => long === name || short === name)
    if (found) return found
  }
  return undefined
}
