import type { CodeTable } from './code-table.ts'

/** Codes of exports and of overlays. */
export const exportCodes = {
  'not-empty': {
    meaning: 'A drill requires an empty server, but this one already has resources.',
    cause: 'The profile is that of a server in use.',
    example: '`restore backups/ --drill --profile prod`.',
    fix: 'Start a server with its own database and use its profile.',
  },
  'not-compared': {
    meaning:
      'Part of the comparison was skipped on purpose. The message contains what was skipped and how to compare it.',
    cause: 'A drill creates everything paused, so fields that switch work on and off differ.',
    example: '`restore --drill` without --activation.',
    fix: 'Pass --activation snapshot to compare these fields too.',
  },
  'left-out': {
    meaning:
      'The server holds a value that no snapshot may have, so that the resource is not exported, and neither are those that refer to it.',
    cause: 'Only a database can hold the value, for example after a migration; no request could set it.',
    example: 'A variable whose name contains a line break.',
    fix: 'Change the value on the server, and export again.',
  },
  'not-in-format': {
    meaning:
      'A format of another tool cannot hold a resource or a part of it, which the written files therefore lack. The message lists them.',
    cause: 'The other tool has no word for it.',
    example: '`export --as prefect-yaml -o flows/`, from a server whose deployments have labels.',
    fix: 'Move what is missing with a snapshot, or set it by hand.',
  },
  'newer-server': {
    meaning:
      'The server has fields, forms of values, values or kinds that this version of prefect-snapshot does not know. The message lists them.',
    cause: 'The server is newer than prefect-snapshot, or was changed.',
    example: 'Prefect 3.12.0 has 1 field that this version does not know: the retry_policy of a deployment.',
    fix: 'Update prefect-snapshot if there is a newer version.',
  },
  'unknown-value': {
    meaning:
      'A resource has a value in a field that this version of prefect-snapshot does not know, so that what it writes lacks the value.',
    cause: 'The server is newer than prefect-snapshot, and somebody uses one of its new fields.',
    example: 'A deployment has a value for retry_policy.',
    fix: 'Update prefect-snapshot if there is a newer version, or pass --allow-unknown and set the value by hand elsewhere.',
  },
  'incomplete-read': {
    meaning:
      "A list could not be read to its end: it differs from the server's own count also after retries, repeats itself, or is too long or too large.",
    cause: 'Others create and delete objects while the list is read, or something else than Prefect answers.',
    example: 'An export during a deploy of hundreds of deployments.',
    fix: 'Try again when nobody else writes to the server.',
  },
  'no-equivalent': {
    meaning:
      'A setting of an older Prefect version has no equivalent in supported versions and is not exported. The message contains the setting.',
    cause: 'The source is a server of Prefect 2.',
    example: 'A deployment of Prefect 2 with an infrastructure block.',
    fix: 'Set up its replacement by hand, for example a work pool with a base job template.',
  },
  'scope-mismatch': {
    meaning: 'The directory contains an export of another selection, so one header cannot describe both.',
    cause: 'The export has other selection flags than the one before.',
    example: '`export --tag team-a -o platform/`, after an export of --tag team-b.',
    fix: 'Export with the same selection, with a narrower one or none, or into another directory.',
  },
  'overwrite-refused': {
    meaning:
      'Writing would replace a file of another kind, or lose comments or edits that are not committed. --update keeps them, and --overwrite replaces the file.',
    cause: 'The output exists, and has something that the new content does not have.',
    example: '`export -o prod.snapshot.yaml`, after a comment was added to the file.',
    fix: 'Pass --update to keep comments and edits, or --overwrite to lose them.',
  },
  'invalid-overlay': {
    meaning: 'An overlay has a syntax error, or produces an invalid resource.',
    cause: 'A field has a typing error, a pointer begins wrongly, or a value does not fit its field.',
    example: 'set: {spec/paused: true} instead of set: {/spec/paused: true}.',
    fix: 'Correct the line of the overlay that the message names.',
  },
  'missing-variable': {
    meaning: 'An overlay uses an environment variable that is not set.',
    cause: 'The variable is set only in another environment, or its name has a typing error.',
    example: `An entry sets a field to \${json:POOL_LIMIT}, while POOL_LIMIT is not set.`,
    fix: 'Set the variable, for example with: export POOL_LIMIT=4.',
  },
  'overlay-no-match': {
    meaning: 'An entry of an overlay has no effect: it matches no resource, or its path does not exist.',
    cause: 'The glob or pointer has a typing error, or the resource was renamed in the snapshot.',
    example: 'match: deployments/etl/*, while the kind is deployment.',
    fix: 'Correct or remove the entry.',
  },
  'unknown-environment': {
    meaning: 'The policy file has no environment with the given name. The message lists the existing environments.',
    cause: 'The name has a typing error, or the policy file of another folder is meant.',
    example: '`plan prod.snapshot.yaml -E production`, while the environment is called prod.',
    fix: 'Use an existing name, or add it under environments: in prefect-snapshot.yaml.',
  },
} as const satisfies CodeTable
