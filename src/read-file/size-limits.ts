const MiB = 1024 * 1024

/**
 * Size limits in bytes. A V8 string holds at most 512 MiB minus 24 characters, so no limit for a text file can be
 * higher.
 */
export const sizeLimits = {
  /** One file of a snapshot, or a bundle as it is on disk. */
  snapshot: 256 * MiB,
  overlay: 16 * MiB,
  'policy file': MiB,
  'waves file': MiB,
  /** A file that `init` writes. */
  'project file': MiB,
  'secret file': 16 * MiB,
  'env file': MiB,
  /** A file with Prefect's settings. */
  'settings file': MiB,
  'identity file': MiB,
  'CA file': 16 * MiB,
  'saved plan': 500 * MiB,
  journal: 500 * MiB,
} as const

/** The purpose of a file, which determines its size limit. */
export type FileRole = keyof typeof sizeLimits

/** The reason why a file is refused. */
export function tooLarge(role: FileRole): Error {
  return new Error(`it is larger than ${sizeLimits[role] / MiB} MiB, the limit for a ${role}`)
}
