/** The surroundings of the process, as far as they decide which server is meant. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
}
