import type { Pointer } from './json.ts'
import type { Ref } from './ref.ts'

/** A position in a text of the user. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The text of the line. */
  readonly excerpt?: string
}

/** A problem: a stable code, a message, the affected resource, and a fix. */
export interface Issue {
  readonly code: IssueCode
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly fix?: string
  readonly ref?: Ref
  /** Relative to the resource's document. */
  readonly pointer?: Pointer
  readonly place?: Place
}

/** Thrown if an operation cannot continue, with every reason. The command line maps the codes to an exit code. */
export class Failure extends Error {
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[]) {
    super(issues.map((issue) => issue.message).join('\n'))
    this.name = 'Failure'
    this.issues = issues
  }
}

/** Every issue code with its meaning, which `explain CODE` prints. */
export const issueCodes = {
  // Profiles and connections
  'unknown-profile': 'profiles.toml has no profile with the given name. The message lists the existing profiles.',
  'no-api-url': 'No server URL is configured: neither a profile nor PREFECT_API_URL sets one.',
  'invalid-setting': 'A setting has an invalid value. The message contains the setting and its source.',
  'invalid-toml': 'A TOML file with settings has a syntax error. The message contains the line and column.',
  'environment-ignored':
    'The selected profile overrides settings from the environment. Without --profile, the environment has precedence.',
  'insecure-url': 'Credentials would be sent over plain HTTP to a remote host.',
  // HTTP
  'unreachable-server': 'The server does not respond: wrong host or port, no route, or the server is down.',
  'not-prefect': 'The URL responds, but it is not the API of a Prefect server.',
  'not-authenticated': 'The server requires credentials, or rejects the given ones.',
  'permission-denied': 'The credentials are valid, but do not permit this request.',
  'csrf-rejected': 'The server requires a CSRF token and rejected the one that was sent.',
  'not-found': 'The server does not have the object or route.',
  conflict: 'The server rejected the write because it conflicts with existing data.',
  rejected: 'The server rejected the content of the request.',
  'server-error': 'The server failed to process the request (HTTP 5xx).',
  timeout: 'The server did not respond in time.',
  'connection-lost': 'The connection was lost before the response arrived. A write may or may not have been executed.',
  unavailable: 'The server repeatedly responded that it cannot process requests at the moment.',
  tls: 'No secure connection could be established: the certificate is not trusted or does not match the host.',
  'same-server': 'Source and destination are the same server.',
  // Snapshots
  'invalid-yaml':
    'The text is not valid YAML, or uses YAML features that snapshots do not support (tags, anchors across documents).',
  'no-header': 'The first document of a snapshot must be its header: `kind: snapshot`, `version: 1`.',
  'unsupported-version': 'The snapshot has a format version that this release does not support.',
  'too-large': 'The input exceeds a size limit. The message contains the limit.',
  'unknown-kind': 'A document has an unknown kind.',
  'unknown-field': 'A document has a field that its kind does not have.',
  'invalid-value': 'A field has a value that its kind does not allow.',
  'refused-value':
    'Prefect refuses to store the value. It is a warning if servers may have it nevertheless, for example from an older version. The message contains the rule.',
  'invalid-key': 'The key is not valid for its kind, or contradicts the refs.',
  'duplicate-key': 'Two documents have the same kind and key.',
  'invalid-token':
    'A `<ref:` token in freeform JSON is not closed or does not name a resource. Write `<<ref:` for the literal text.',
  'invalid-secret':
    'A secret has no source, its pointer does not exist, or its value cannot be used: it is not valid JSON or cannot be decrypted.',
  'invalid-recipient': 'An age recipient or identity is invalid. The message contains the reason.',
  'unmatched-secret':
    'A block declares a secret field that its data does not have under that name. Values that it may refer to are exported as placeholders.',
  'possible-secret':
    'A value outside of secret fields looks like a secret. Use --secret-path to export it as a placeholder. The message never contains the value.',
  'dangling-ref': 'A resource refers to one that is not in the snapshot.',
  'wrong-kind': 'A ref field refers to a resource of a kind that it does not allow.',
  'missing-ref': 'A required ref field is missing.',
  'missing-name':
    'A template names a block or variable that is not in the snapshot. Prefect looks it up when the flow runs.',
  'external-document': 'A resource has a document although external: lists it. The document is not used.',
  'unused-external': 'A glob under external: matches nothing that the snapshot refers to.',
  cycle: 'Resources depend on each other in a cycle that cannot be broken by setting a field later.',
  'checksum-differs':
    'The recorded checksum of a block schema differs from the checksum of its fields. The recorded one identifies the schema.',
  // Export
  'unresolved-id': 'A field that refers to an object by ID has an ID that belongs to no object that was read.',
  'not-empty': 'A drill requires an empty server, but this one already has resources.',
  'not-compared':
    'Part of the comparison was skipped on purpose. The message contains what was skipped and how to compare it.',
  'left-out':
    'The server holds a value that no snapshot may have, so that the resource is not exported, and neither are those that refer to it.',
  'incomplete-read': "The number of objects that were read differs from the server's own count, also after retries.",
  'ambiguous-name':
    'Several resources on the server have the same name as one in the snapshot and match it equally well.',
  'orphaned-ref': 'An object refers to a deleted one. The reference is omitted.',
  'no-equivalent':
    'A setting of an older Prefect version has no equivalent in supported versions and is not exported. The message contains the setting.',
  // Overlays
  'invalid-overlay': 'An overlay has a syntax error, or produces an invalid resource.',
  'missing-variable': 'An overlay uses an environment variable that is not set.',
  'overlay-no-match': 'An entry of an overlay has no effect: it matches no resource, or its path does not exist.',
  'unknown-environment':
    'The policy file has no environment with the given name. The message lists the existing environments.',
  // Plan and apply
  'missing-external': 'A resource refers to an external one that the destination does not have.',
  protected: 'The policy file protects the resource from deletion.',
  'in-use': 'A resource that would be deleted is still used by another one that is kept.',
  'default-queue': 'The default queue of a work pool can only be deleted together with the pool.',
  'change-limit':
    'The plan deletes or updates so many resources of one kind that it may be a mistake, such as the wrong profile or an empty file.',
  'likely-rename':
    'A delete and a create have nearly the same content. If this is a rename, add it to `moved:` in the header.',
  'invalid-policy': 'The policy file is invalid.',
  'stale-plan': 'The server has changed since the plan was created.',
  'invalid-plan': 'The file is not a saved plan, or has another format version.',
  'invalid-journal': 'The file is not a journal of an apply, or is damaged.',
  'changed-since': 'A resource was changed after the apply that is to be undone.',
  'unrecoverable-secret':
    'An apply would replace or delete a secret value. Journals contain no secrets, so undo can only restore it if a source has the previous value.',
  'builtin-stays':
    'An apply added a block type or schema that is part of Prefect. Undo keeps it, since it has no effect by itself.',
  unsupported: 'The destination does not support a resource or field, or cannot change it in place.',
  downgraded: 'The destination is an older version without this field. The rest of the resource is written.',
  'missing-secret':
    'A secret to be written has no value: its variable is not set, its file is missing, no identity can decrypt it, or commands are not allowed.',
  'not-verified': 'The changes were applied, but the server could not be read afterwards to verify them.',
  'not-converged': 'A field has another value after the write than was sent.',
  'unknown-id': 'The ID of a required resource is not known, because that resource was not created.',
  'missing-on-server': 'A resource to be paused or activated is not on the server.',
  'empty-selection': 'The selection flags match no resources.',
  'needs-confirmation': 'The command requires confirmation, but there is no terminal. Pass --yes to confirm.',
  usage: 'The command line is invalid.',
  'invalid-bundle':
    'The file is not a bundle, or was changed after it was created. The message contains the difference.',
  'scope-mismatch': 'The directory contains an export of another selection, so one header cannot describe both.',
  'overwrite-refused':
    'Writing would replace a file of another kind, or lose comments or edits that are not committed. --update keeps them, and --overwrite replaces the file.',
  'outside-scope':
    'A resource of the snapshot is outside of the scope in its header: apply creates it, and --prune never deletes it.',
  'file-name-mismatch':
    'A file in a directory has the name of another resource than the one that it contains. The content has precedence.',
  'invalid-revision': 'A `git:REV:path` cannot be read: the revision or path does not exist, or git is not available.',
  'unreadable-file': 'A file cannot be read. The message contains the reason.',
  'unwritable-file': 'A file cannot be written. The message contains the reason.',
  interrupted: 'The user interrupted the operation before it was complete.',
  bug: 'An internal error of the tool. Please report it.',
} as const
export type IssueCode = keyof typeof issueCodes
