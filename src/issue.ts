import type { Pointer } from './json.ts'
import type { Ref } from './ref.ts'

/** A place in a text that the user wrote. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The line itself. */
  readonly excerpt?: string
}

/** A problem, as data: a code that stays, a sentence, whose it is and what to do about it. */
export interface Issue {
  readonly code: IssueCode
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly fix?: string
  readonly ref?: Ref
  /** Into the resource's document. */
  readonly pointer?: Pointer
  readonly place?: Place
}

/** An operation that cannot go on, with every reason. The command line maps the codes to an exit code. */
export class Failure extends Error {
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[]) {
    super(issues.map((issue) => issue.message).join('\n'))
    this.name = 'Failure'
    this.issues = issues
  }
}

/** Every code that an issue may have, with what it means: `explain CODE` shows it. */
export const issueCodes = {
  // Profiles and connections
  'unknown-profile': 'The profile that was named is not in profiles.toml. The message lists those that are.',
  'no-api-url': 'There is no server to talk to: neither a profile nor PREFECT_API_URL gives the URL of one.',
  'invalid-setting': 'A setting has a value that cannot be used. The message says which and where it was read.',
  'invalid-toml': 'A TOML file of settings has a mistake. The message says the line and column.',
  'environment-ignored':
    'A profile was named, so settings from the environment that say something else were not used. Without --profile they win.',
  'insecure-url': 'A credential would be sent over plain HTTP to a machine that is not this one.',
  // The wire
  'unreachable-server': 'Nothing answers at the URL: wrong host or port, no route, or the server is down.',
  'not-prefect': 'Something answers at the URL, but it is not the API of a Prefect server.',
  'not-authenticated': 'The server wants credentials, or does not accept those that were sent.',
  'permission-denied': 'The credentials are good, but they do not allow this request.',
  'csrf-rejected': 'The server wants a CSRF token and did not accept ours.',
  'not-found': 'The server has no such object or route.',
  conflict: 'The server refuses the write because it conflicts with what it holds.',
  rejected: 'The server refuses the content of the request.',
  'server-error': 'The server failed while it handled the request.',
  timeout: 'The server did not answer in time.',
  'connection-lost': 'The connection broke before the answer came; a write may have been done or not.',
  unavailable: 'The server kept answering that it cannot take the request now.',
  tls: 'No secure connection could be made: the certificate is not trusted, or does not fit the host.',
  'same-server': 'Source and destination are the same server, so applying would change nothing or harm it.',
  // Snapshots
  'invalid-yaml':
    'The text is not valid YAML, or uses a part of YAML that a snapshot may not (tags, anchors across documents).',
  'no-header': 'The first document of a snapshot says what the file is: `kind: snapshot`, `version: 1`.',
  'unsupported-version': 'The snapshot was written in a version of the format that this tool does not know.',
  'too-large': 'A limit that keeps reading bounded is exceeded. The message names it.',
  'unknown-kind': 'A document has a kind that does not exist.',
  'unknown-field': 'A document has a field that its kind does not have.',
  'invalid-value': 'A field has a value that its kind does not allow.',
  'invalid-key': 'The key is not the natural key of such a resource, or does not agree with its refs.',
  'duplicate-key': 'Two documents are of the same resource.',
  'invalid-token':
    'A `<ref:` token inside freeform JSON is not closed or names no resource; as text it is written `<<ref:`.',
  'invalid-secret':
    'A secret has no source, its pointer leads nowhere, or what its source gives cannot be used: it is no JSON, or cannot be decrypted.',
  'invalid-recipient': 'A recipient or an identity of age is none that can be used. The message says which and why.',
  'unmatched-secret':
    'A block declares a secret field that its data does not contain under that name. What it may mean is exported as a placeholder.',
  'possible-secret':
    'A value outside of secret fields looks like a secret. --secret-path takes it out of the snapshot; the message never shows it.',
  'dangling-ref': 'A resource points to one that is not in the snapshot.',
  'wrong-kind': 'A slot is filled with a resource of a kind that it does not take.',
  'missing-ref': 'A resource lacks an edge that it cannot be without.',
  'missing-name':
    'A template names a block or variable that is not in the snapshot. Prefect looks it up when the flow runs.',
  cycle: 'Resources need each other in a cycle that cannot be broken by filling in a field later.',
  'checksum-differs':
    'The recorded checksum of a block schema is not what its fields give. The recorded one identifies it.',
  // Reading a server
  'unresolved-id': 'An id of the source stands where Prefect expects one, and nothing that was read has it.',
  'not-empty': 'A drill writes to an empty server only, and this one holds something of its own.',
  'not-compared':
    'Something was left out of a comparison on purpose. The message says what, and how it can be compared.',
  'incomplete-read': 'The number of objects read is not the number that the server counts, also after trying again.',
  'ambiguous-name':
    'Several resources of the server have the name of one of the snapshot, and nothing tells which of them it is.',
  'orphaned-ref': 'An object refers to another one that is gone; the reference is left out.',
  'no-equivalent':
    'A setting of an older Prefect has no place in one that can be written to, so the snapshot does not have it. The message says what it is.',
  // Overlays
  'invalid-overlay': 'An overlay is not written as one, or what it makes of a resource is not allowed.',
  'missing-variable': 'An overlay wants a variable of the environment that is not set.',
  'overlay-no-match':
    'An entry of an overlay matches no resource, or leads to a place that is not there, so it does nothing.',
  'unknown-environment': 'The environment that was named is not in the policy file. The message lists those that are.',
  // Planning and applying
  protected: 'The policy file protects the resource, so it is not deleted.',
  'in-use': 'A resource that stays still needs the one that would be deleted.',
  'default-queue': "A pool's default queue cannot be deleted while the pool stays.",
  'change-limit':
    'So many deletes or updates of one kind look like a mistake, such as the wrong profile or an empty file.',
  'likely-rename':
    'A delete and a create have nearly the same content. Say so under `moved:` if it is one resource with a new name.',
  'invalid-policy': 'The policy file cannot be used.',
  'stale-plan': 'The server is no longer as it was when the plan was made.',
  'invalid-plan': 'The file is no saved plan, or of another version.',
  'invalid-journal': 'The file is no journal of an apply, or is damaged.',
  'changed-since': 'A resource was changed after the apply that would be undone.',
  'unrecoverable-secret':
    'An apply replaces or deletes a secret value. A journal holds none, so undo restores it only from a source of the previous value.',
  unsupported: 'The destination cannot hold this, or cannot change it in place.',
  downgraded:
    'The destination is an older version that does not have a field; everything else of the resource is written.',
  'missing-secret':
    'A secret that is to be written has no value now: its variable is not set, its file is not there, no identity opens it, or its command may not be run.',
  'not-verified': 'The changes were made, but the server could not be read afterwards to verify them.',
  'not-converged': 'What was written was read back with another value.',
  'unknown-id': 'An id that a write needs is not known, because what has it was not made.',
  'missing-on-server': 'What would be switched is not on the server.',
  'empty-selection': 'The flags that select leave nothing.',
  'needs-confirmation': 'There is nobody to ask: confirm with --yes.',
  usage: 'The command line is not understood.',
  'invalid-bundle': 'The file is no bundle, or is not as it was when it was made. The message says what differs.',
  'scope-mismatch': 'The directory holds an export of another selection, and one header cannot tell of both.',
  'file-name-mismatch':
    'A file of a directory has the name of another resource than the one in it; what is in it counts.',
  'invalid-revision':
    'What `git:REV:path` names cannot be read: there is no such revision, no such path in it, or no git.',
  'unreadable-file': 'A file cannot be read. The message says why.',
  'unwritable-file': 'A file cannot be written. The message says why.',
  interrupted: 'The operation was stopped by the user before it was complete.',
  bug: 'The tool itself failed. Please report it.',
} as const
export type IssueCode = keyof typeof issueCodes
