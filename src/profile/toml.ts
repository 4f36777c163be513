import { readFileSync } from 'node:fs'
import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml'
import type { Issue } from '../issue.ts'

/** The text of a file, or undefined if it does not exist. An unreadable file is an issue. */
export function readText(file: string, issues: Issue[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    issues.push({
      code: 'invalid-setting',
      severity: 'error',
      message: `${file} cannot be read (${code}).`,
      fix: 'Check that it is a file and that you have permission to read it.',
    })
    return undefined
  }
}

/** A TOML file as a table, or undefined if it does not exist. Invalid TOML is an issue with its line and column. */
export function readToml(file: string, issues: Issue[]): TomlTable | undefined {
  const text = readText(file, issues)
  if (text === undefined) return undefined
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
