import type { Placeholder } from './model.ts'

/**
 * Describes the source of a placeholder's value, without any part of the value. For a command, only the program is
 * named.
 */
export function sourceText(placeholder: Placeholder): string {
  if ('env' in placeholder) return `env ${placeholder.env}`
  if ('file' in placeholder) return `file ${placeholder.file}`
  if ('age' in placeholder) return 'age'
  if ('command' in placeholder) return `command ${placeholder.command[0] ?? ''}`
  return 'plain' in placeholder ? 'in clear text' : 'not shown'
}

/** A cache key for the source, so that each source is read once. */
export function sourceKey(placeholder: Placeholder): string {
  return 'plain' in placeholder || 'masked' in placeholder ? '' : JSON.stringify(Object.entries(placeholder).sort())
}
