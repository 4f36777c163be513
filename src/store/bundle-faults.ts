import { plural } from '../plain-text.ts'

/** The faults of a bundle, in words. More than a few of one sort are one text: a repacked bundle may have hundreds. */
export interface BundleFaults {
  /** Entries that no bundle has, such as directories: these alone are told, since all other faults follow from them. */
  readonly entries: readonly string[]
  /** Faults of the list of checksums, and files that do not belong in a bundle. */
  readonly others: readonly string[]
  /** Names of files, by how they differ from the list of checksums. */
  readonly missing: readonly string[]
  readonly changed: readonly string[]
  readonly added: readonly string[]
}

/** The maximum number of faults of one sort that are told one by one. */
const maxListed = 5

/** The texts of all faults; empty if there are none. */
export function bundleFaultTexts({ entries, others, missing, changed, added }: BundleFaults): string[] {
  if (entries.length > 0) return [entryText(entries)]
  return [
    ...listed(others, (text) => text, 'more faults of this sort'),
    ...listed(missing, (name) => `${name} is missing`, 'are missing'),
    ...listed(changed, (name) => `${name} was changed: its checksum differs`, 'were changed: their checksums differ'),
    ...listed(added, (name) => `${name} was added: it is not in SHA256SUMS`, 'were added: they are not in SHA256SUMS'),
  ]
}

function entryText(entries: readonly string[]): string {
  const [first = '', ...rest] = entries
  const more = rest.length === 0 ? '' : ` (and ${plural(rest.length, 'more invalid entry', 'more invalid entries')})`
  const isRepacked = entries.some((text) => /^"\.\/|is a directory/.test(text))
  return `${first}${more}${isRepacked ? '; it was packed with another program than prefect-snapshot, such as tar' : ''}`
}

function listed(names: readonly string[], one: (name: string) => string, many: string): string[] {
  if (names.length <= maxListed) return names.map(one)
  return [`${names.length} files ${many} (${names.slice(0, 3).join(', ')} and ${names.length - 3} more)`]
}
