import type { Hole } from './model.ts'

/** Where the value of a hole comes from, in words that hold nothing of it. Of a command only the program is named. */
export function sourceText(hole: Hole): string {
  if ('env' in hole) return `env ${hole.env}`
  if ('file' in hole) return `file ${hole.file}`
  if ('age' in hole) return 'age'
  if ('command' in hole) return `command ${hole.command[0] ?? ''}`
  return 'plain' in hole ? 'in clear' : 'not shown'
}

/** Where the value comes from, as a name under which it is looked up once. */
export function sourceKey(hole: Hole): string {
  return 'plain' in hole || 'masked' in hole ? '' : JSON.stringify(Object.entries(hole).sort())
}
