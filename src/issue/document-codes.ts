import type { CodeTable } from './code-table.ts'

/** Codes of the documents of a snapshot. */
export const documentCodes = {
  'invalid-yaml': {
    meaning:
      'The text is not valid YAML, or uses YAML features that snapshots do not support (tags, anchors across documents).',
    cause: 'The indentation or a quote is wrong, tabs indent a line, or a template was not rendered.',
    example: 'tags: [etl, prod has no closing bracket.',
    fix: 'Correct the line that the message shows. Quote values that begin with a special character.',
  },
  'no-header': {
    meaning: 'The first document of a snapshot must be its header: `kind: snapshot`, `version: 1`.',
    cause: 'The file is not a snapshot, the header was deleted, or the directory is another one.',
    example: 'A prefect.yaml, or a file that begins with kind: deployment.',
    fix: 'Begin the file with kind: snapshot, version: 1; in a directory, this is the file snapshot.yaml.',
  },
  'unsupported-version': {
    meaning: 'The snapshot has a format version that this release does not support.',
    cause: 'A newer release wrote the snapshot.',
    example: 'version: 2 in the header.',
    fix: 'Use a newer release of prefect-snapshot.',
  },
  'too-large': {
    meaning: 'The input exceeds a size limit. The message contains the limit.',
    cause: 'The file is not a snapshot, or aliases multiply its content.',
    example: 'A document whose aliases repeat more than a hundred times its own length.',
    fix: 'Split the snapshot into a directory, and write out aliases of aliases.',
  },
  'unknown-kind': {
    meaning: 'A document has an unknown kind.',
    cause: 'The kind has a typing error, or the file belongs to another tool.',
    example: 'kind: pool instead of kind: work-pool.',
    fix: 'Use one of the kinds that `prefect-snapshot explain` lists.',
  },
  'unknown-field': {
    meaning: 'A document has a field that its kind does not have.',
    cause: 'The name has a typing error, the field belongs one level higher or lower, or the server owns it.',
    example: 'spec: {schedule: []} instead of spec: {schedules: []} in a deployment.',
    fix: 'Correct the name. `prefect-snapshot explain KIND` lists the fields.',
  },
  'invalid-value': {
    meaning: 'A field has a value that its kind does not allow.',
    cause: 'The value has another type, is none of the allowed words, or was quoted by mistake.',
    example: 'paused: "yes" instead of paused: true.',
    fix: 'Use a value that fits; `prefect-snapshot explain KIND.FIELD` shows the schema.',
  },
  'refused-value': {
    meaning:
      'Prefect refuses to store the value. It is a warning if servers may have it nevertheless, for example from an older version. The message contains the rule.',
    cause: 'The value has the right type, but breaks a rule of Prefect.',
    example: 'The cron expression 61 25 * * *, whose minute does not exist.',
    fix: 'Change the value. docs/rules.md and `prefect-snapshot explain KIND.FIELD` have the rules.',
  },
  'invalid-key': {
    meaning: 'The key is not valid for its kind, or contradicts the refs.',
    cause: 'A part of the key is missing, or only one of the key and the ref was renamed.',
    example: 'The key etl/prod of a deployment whose refs have flow: flow/other.',
    fix: 'Write the key as `prefect-snapshot explain KIND` says, and make it agree with the refs.',
  },
  'duplicate-key': {
    meaning: 'Two documents have the same kind and key.',
    cause: 'A document was copied, or two files of a directory hold the same resource after a merge.',
    example: 'Both variable/region.yaml and common.yaml have variable/region.',
    fix: 'Remove one of the two documents.',
  },
  'invalid-token': {
    meaning:
      'A `<ref:` token in freeform JSON is not closed or does not name a resource. Write `<<ref:` for the literal text.',
    cause: 'The closing bracket is missing, or the name is not KIND/KEY.',
    example: '<ref:work-pool k8s> instead of <ref:work-pool/k8s>.',
    fix: 'Write <ref:KIND/KEY>.',
  },
  'invalid-secret': {
    meaning:
      'A secret has no source, its pointer does not exist, or its value cannot be used: it is not valid JSON or cannot be decrypted.',
    cause: 'The field was renamed, a placeholder has two sources, or the source has a value of another form.',
    example: 'secrets: {/data/token: {}}, without env:, file:, command: or age:.',
    fix: 'Give each secret one source, and make the pointer name an existing field.',
  },
  'invalid-recipient': {
    meaning: 'An age recipient or identity is invalid. The message contains the reason.',
    cause: 'The key was cut, or a private key is in the place of a public one.',
    example: '--recipient with a text that does not begin with age1.',
    fix: 'Use the public key (age1…) for --recipient, and the file of age-keygen for --identity.',
  },
  'unmatched-secret': {
    meaning:
      'A block declares a secret field that its data does not have under that name. Values that it may refer to are exported as placeholders.',
    cause: 'The class of the block gives the field an alias, or the block was saved by another version of its class.',
    example: 'A block that declares the secret passphrase, but holds it as key_passphrase.',
    fix: 'Check that no other value of the block is a secret; declare others with --secret-path.',
  },
  'possible-secret': {
    meaning:
      'A value outside of secret fields looks like a secret. Use --secret-path to export it as a placeholder. The message never contains the value.',
    cause: 'A password or key is in a variable, in job variables or in parameters.',
    example: 'job_variables.env.API_KEY of a deployment, with the key in clear text.',
    fix: 'Pass --secret-path with the pattern in the message, or move the value to a Secret block.',
  },
  'file-name-mismatch': {
    meaning:
      'A file in a directory has the name of another resource than the one that it contains. The content has precedence.',
    cause: 'The key was changed without renaming the file, or a file was copied.',
    example: 'The file variable/region.yaml with key: zone.',
    fix: 'Rename the file, or correct the key.',
  },
  'invalid-waves': {
    meaning: 'A waves file of `migrate` is invalid.',
    cause: 'A setting is misspelled or missing, a wave is named twice, or waves wait for each other.',
    example: 'A wave with tags: [ingest] instead of tag: ingest.',
    fix: 'Correct the line that the message shows. `prefect-snapshot schema --of waves` prints what is allowed.',
  },
} as const satisfies CodeTable
