import type { ExitStatus, Io } from './io.ts'

/** One option of a command. `Value` is the type of its value; `Always` says that it has one also where it is not given. */
export interface Option<Value, Always extends boolean = false> {
  /** As commander writes it: `-o, --output <path>`. The key in the table of options is its long name in camel case. */
  readonly flags: string
  readonly description: string
  /** `list`: may be repeated; `count`: a whole number from 1 on. */
  readonly form: 'flag' | 'value' | 'list' | 'count'
  readonly choices?: readonly string[]
  readonly default?: Value
  readonly required?: true
  /** The key of an option that must not be given with this one. */
  readonly conflicts?: string
  /** Carries the type; never set. */
  readonly _?: [Value, Always]
}

type More = { readonly conflicts?: string }

/** An option without a value. A `--no-…` option is true unless it is given. */
export function flag(flags: string, description: string): Option<boolean> {
  return { flags, description, form: 'flag' }
}

/** An option with a text as its value. */
export function value(flags: string, description: string, more: More = {}): Option<string> {
  return { flags, description, form: 'value', ...more }
}

/** A text that has to be given. */
export function requiredValue(flags: string, description: string): Option<string, true> {
  return { flags, description, form: 'value', required: true }
}

/** A text with a default. */
export function valueOr(flags: string, description: string, otherwise: string): Option<string, true> {
  return { flags, description, form: 'value', default: otherwise }
}

/** An option that may be repeated. */
export function list(flags: string, description: string): Option<readonly string[]> {
  return { flags, description, form: 'list' }
}

/** A whole number from 1 on. */
export function count(flags: string, description: string): Option<number> {
  return { flags, description, form: 'count' }
}

/** One of several words; the first is the default. */
export function choice<const C extends readonly [string, ...string[]]>(
  flags: string,
  description: string,
  choices: C,
): Option<C[number], true> {
  return { flags, description, form: 'value', choices, default: choices[0] }
}

/** One of several words, or none. */
export function optionalChoice<const C extends readonly string[]>(
  flags: string,
  description: string,
  choices: C,
): Option<C[number]> {
  return { flags, description, form: 'value', choices }
}

/** One argument of a command. */
export interface Argument<Value> {
  readonly description: string
  readonly form: 'required' | 'optional' | 'rest'
  readonly default?: string
  readonly _?: Value
}

/** An argument that has to be given. */
export function required(description: string): Argument<string> {
  return { description, form: 'required' }
}

/** An argument that may be left out. */
export function optional(description: string): Argument<string | undefined> {
  return { description, form: 'optional' }
}

/** An argument that may be left out, with what it is then. */
export function optionalOr(description: string, otherwise: string): Argument<string> {
  return { description, form: 'optional', default: otherwise }
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

interface About {
  /** As it is typed; `bundle verify` is one below `bundle`. */
  readonly name: string
  readonly group: Group
  /** One line, in the imperative. */
  readonly summary: string
  readonly description: string
  /** Command lines without the name of the tool. */
  readonly examples: readonly string[]
}

/** A command as the command line sees it. `run` is given the values of its arguments and options by their keys. */
export interface Command extends About {
  readonly arguments: Arguments
  readonly options: Options
  run(input: never, io: Io): Promise<ExitStatus>
}

interface CommandOf<A extends Arguments, O extends Options> extends About {
  readonly arguments: A
  readonly options: O
  run(input: ArgumentsOf<A> & ValuesOf<O>, io: Io): Promise<ExitStatus>
}

/**
 * Declares a command: its options once, with their types, and what it does with their values. Whatever takes long to load
 * is imported inside `run`, since every start loads the declarations of all commands.
 */
export function defineCommand<A extends Arguments, const O extends Options>(command: CommandOf<A, O>): CommandOf<A, O> {
  return command
}
