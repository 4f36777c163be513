import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml'
import { Failure, type Issue } from '../issue.ts'
import { readTextAndStats } from '../read-file.ts'

/** The text of a file with settings, and whose it is. */
export type TextFile = NonNullable<ReturnType<typeof readTextAndStats>>

/** A file with settings, or undefined if it does not exist. An unreadable file is an issue. */
export function readText(file: string, issues: Issue[]): TextFile | undefined {
  try {
    return readTextAndStats(file, 'settings file')
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const fix = 'Check that it is a file and that you have permission to read it.'
    issues.push(...error.issues.map((issue): Issue => ({ fix, ...issue, code: 'invalid-setting' })))
    return undefined
  }
}

/** A TOML file as a table, or undefined if it does not exist or is not valid, which is an issue. */
export function readToml(file: string, issues: Issue[]): TomlTable | undefined {
  const found = readText(file, issues)
  return found && parseToml(file, found.text, issues)
}

/** The text of a TOML file as a table. Invalid TOML is an issue with its line and column. */
export function parseToml(file: string, text: string, issues: Issue[]): TomlTable | undefined {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // The error's text quotes lines of the file, which may hold an API key, so only its first line is shown.
    const reason = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '')
    issues.push({
      code: 'invalid-toml',
      severity: 'error',
      message: `${file} is not valid TOML: line ${error.line}, column ${error.column}: ${reason}.`,
      fix: 'Correct the line. The line itself is not shown, because it may hold a secret.',
      place: { file, line: error.line, column: error.column },
    })
    return undefined
  }
}

/** Whether a TOML value is a table. */
export function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
