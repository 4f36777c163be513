/** Which files a command may use although nobody named them: settings and policies that it finds by itself. */
export interface Trust {
  /** The user ID of this process. Without it, as on Windows, every file is trusted. */
  readonly uid?: number
  /** The user ID of the user who called `sudo`. */
  readonly sudoUid?: number
  /** Trusts every file (`--trust-directory`). */
  readonly all?: boolean
}

/** Why a file is not trusted, as a clause; undefined if it is: it belongs to the user or to root, and nobody else may write it. */
export function distrustReason(
  { uid: owner, mode }: { readonly uid: number; readonly mode: number },
  { uid, sudoUid, all }: Trust = {},
): string | undefined {
  if (all || uid === undefined) return undefined
  if (owner !== uid && owner !== 0 && owner !== sudoUid) return `it belongs to another user (UID ${owner})`
  return (mode & 0o002) === 0 ? undefined : 'every user of this machine may write to it'
}

/** What to do about a file that is not trusted. */
export const howToTrust = (file: string, reason: string): string =>
  reason.startsWith('every')
    ? `Run \`chmod o-w ${file}\` after a look at it, or pass --trust-directory.`
    : 'Pass --trust-directory if you trust everybody who can write here.'
