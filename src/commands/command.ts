import type { Exits } from './exits.ts'
import type { ExitStatus, Io } from './io.ts'

/** One option of a command. `Value` is the type of its value; `Always` is true if it has a value even when it is omitted. */
export interface Option<Value, Always extends boolean = false> {
  /** In commander's notation: `-o, --output <path>`. The key in the table of options is the long name in camel case. */
  readonly flags: string
  readonly description: string
  /** `list`: repeatable; `count`: a positive integer. */
  readonly form: 'flag' | 'value' | 'list' | 'count'
  readonly choices?: readonly string[]
  readonly default?: Value
  readonly required?: true
  /** The key of an option that cannot be combined with this one. */
  readonly conflicts?: string
  /** Carries the type; never set. */
  readonly _?: [Value, Always]
}

type Constraints = { readonly conflicts?: string }

/** An option without a value. A `--no-…` option is true unless it is given. */
export function flag(flags: string, description: string): Option<boolean> {
  return { flags, description, form: 'flag' }
}

/** An option with a text as its value. */
export function value(flags: string, description: string, constraints: Constraints = {}): Option<string> {
  return { flags, description, form: 'value', ...constraints }
}

/** A required option with a text as its value. */
export function requiredValue(flags: string, description: string): Option<string, true> {
  return { flags, description, form: 'value', required: true }
}

/** An option with a text as its value, and a default. */
export function valueOr(flags: string, description: string, defaultValue: string): Option<string, true> {
  return { flags, description, form: 'value', default: defaultValue }
}

/** A repeatable option. */
export function list(flags: string, description: string): Option<readonly string[]> {
  return { flags, description, form: 'list' }
}

/** An option with a positive integer as its value. */
export function count(flags: string, description: string): Option<number> {
  return { flags, description, form: 'count' }
}

/** An option with one of several words as its value; the first is the default. */
export function choice<const C extends readonly [string, ...string[]]>(
  flags: string,
  description: string,
  choices: C,
): Option<C[number], true> {
  return { flags, description, form: 'value', choices, default: choices[0] }
}

/** An option with one of the words of a table as its value. The table has the meaning of each word; the first is the default. */
export function choiceOf<const T extends Readonly<Record<string, string>>>(
  flags: string,
  table: T,
): Option<keyof T & string, true> {
  const [first] = Object.keys(table) as (keyof T & string)[]
  return { ...fromTable(flags, table), ...(first === undefined ? {} : { default: first }) }
}

/** Like `choiceOf`, without a default. */
export function optionalChoiceOf<const T extends Readonly<Record<string, string>>>(
  flags: string,
  table: T,
): Option<keyof T & string> {
  return fromTable(flags, table)
}

function fromTable(flags: string, table: Readonly<Record<string, string>>) {
  const meanings = Object.entries(table).map(([word, meaning]) => `${word}: ${meaning}`)
  return { flags, description: meanings.join('; '), form: 'value' as const, choices: Object.keys(table) }
}

/** One argument of a command. */
export interface Argument<Value> {
  readonly description: string
  readonly form: 'required' | 'optional' | 'rest'
  readonly default?: string
  readonly choices?: readonly string[]
  readonly _?: Value
}

/** A required argument. */
export function required(description: string): Argument<string> {
  return { description, form: 'required' }
}

/** A required argument that is one of several words. */
export function requiredChoice<const C extends readonly string[]>(
  description: string,
  choices: C,
): Argument<C[number]> {
  return { description, form: 'required', choices }
}

/** An optional argument. */
export function optional(description: string): Argument<string | undefined> {
  return { description, form: 'optional' }
}

/** An optional argument with a default. */
export function optionalOr(description: string, defaultValue: string): Argument<string> {
  return { description, form: 'optional', default: defaultValue }
}

/** One or more arguments. */
export function rest(description: string): Argument<readonly string[]> {
  return { description, form: 'rest' }
}

// biome-ignore lint/suspicious/noExplicitAny: a table of options of any type.
export type Options = Readonly<Record<string, Option<any, any>>>
// biome-ignore lint/suspicious/noExplicitAny: a table of arguments of any type.
export type Arguments = Readonly<Record<string, Argument<any>>>

/** The values of a table of options, by their keys. */
export type ValuesOf<O extends Options> = {
  readonly [K in keyof O as O[K] extends Option<infer _, true> ? K : never]: O[K] extends Option<infer V, true>
    ? V
    : never
} & {
  readonly [K in keyof O as O[K] extends Option<infer _, true> ? never : K]?: O[K] extends Option<infer V, boolean>
    ? V
    : never
}

type ArgumentsOf<A extends Arguments> = {
  readonly [K in keyof A]: A[K] extends Argument<infer V> ? V : never
}

/** Sections of `--help`, in their order. */
export const groups = ['Move', 'Review', 'Keep', 'Share', 'Set up'] as const
export type Group = (typeof groups)[number]

interface CommandInfo {
  /** As the user types it; `bundle verify` is a subcommand of `bundle`. */
  readonly name: string
  readonly group: Group
  /** One line, in the imperative. */
  readonly summary: string
  readonly description: string
  /** Command lines without the name of the tool. */
  readonly examples: readonly string[]
  readonly exits?: Exits
}

/** A command of the table, without the types of its options. `run` receives the values of arguments and options by their keys. */
export interface Command extends CommandInfo {
  readonly arguments: Arguments
  readonly options: Options
  run(input: Readonly<Record<string, unknown>>, io: Io): Promise<ExitStatus>
}

interface CommandOf<A extends Arguments, O extends Options> extends CommandInfo {
  readonly arguments: A
  readonly options: O
  run(input: ArgumentsOf<A> & ValuesOf<O>, io: Io): Promise<ExitStatus>
}

/**
 * Declares a command: its options with their types, and what it does with their values. Modules that take long to load
 * are imported inside `run`, since every start loads the declarations of all commands.
 */
export function defineCommand<A extends Arguments, const O extends Options>(command: CommandOf<A, O>): CommandOf<A, O> {
  return command
}
