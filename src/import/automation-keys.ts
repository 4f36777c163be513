import { createHash } from 'node:crypto'

/** The key of an automation: its name, which is not unique, so that later ones of the same name get a hash. */
export function keyOfAutomation(name: string, owner: string, names: Map<string, number>): string {
  const count = names.get(name) ?? 0
  names.set(name, count + 1)
  // A name that looks like one with a hash needs a hash, too.
  if (count === 0 && !/#[0-9a-f]{8}$/.test(name)) return name
  const digest = createHash('sha256').update(`${owner}\n${name}\n${count}`).digest('hex')
  return `${name}#${digest.slice(0, 8)}`
}
