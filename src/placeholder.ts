import type { Placeholder } from './model.ts'

/** Where the value of a placeholder comes from, in words that hold nothing of it. Of a command only the program is named. */
export function sourceText(placeholder: Placeholder): string {
  if ('env' in placeholder) return `env ${placeholder.env}`
  if ('file' in placeholder) return `file ${placeholder.file}`
  if ('age' in placeholder) return 'age'
  if ('command' in placeholder) return `command ${placeholder.command[0] ?? ''}`
  return 'plain' in placeholder ? 'in clear' : 'not shown'
}

/** Where the value comes from, as a name under which it is looked up once. */
export function sourceKey(placeholder: Placeholder): string {
  return 'plain' in placeholder || 'masked' in placeholder ? '' : JSON.stringify(Object.entries(placeholder).sort())
}
