import type { CodeTable } from './code-table.ts'

/** Codes of the command line, of files, and of the end of a command. */
export const fileCodes = {
  usage: {
    meaning: 'The command line is invalid.',
    cause: 'An option or argument is missing, misspelled, or does not go with another one.',
    example: '`plan --prfile prod`.',
    fix: 'Run the command with --help for its options.',
  },
  'invalid-bundle': {
    meaning: 'The file is not a bundle, or was changed after it was created. The message contains the difference.',
    cause: 'The archive was unpacked and packed again, was downloaded incompletely, or comes from another tool.',
    example: 'A bundle that was made with tar -czf.',
    fix: 'Copy the bundle from its source again, or make it with `prefect-snapshot bundle`.',
  },
  'no-backups': {
    meaning: 'The folder has no backups.',
    cause: 'The path has a typing error, no backup was made yet, or the files were renamed.',
    example: '`restore backups/` before the first `backup backups/`.',
    fix: 'Check the path, or make a backup with `prefect-snapshot backup FOLDER`.',
  },
  'invalid-revision': {
    meaning: 'A `git:REV:path` cannot be read: the revision or path does not exist, or git is not available.',
    cause: 'The clone is shallow, the path does not begin at the root of the repository, or the branch is unknown.',
    example: 'git:main:prod.snapshot.yaml in a checkout that has only the commit of a pull request.',
    fix: 'Fetch the revision, for example with fetch-depth: 0 in actions/checkout, and check the path.',
  },
  'unreadable-file': {
    meaning: 'A file cannot be read. The message contains the reason.',
    cause: 'It does not exist, is not a regular file, is not UTF-8, or you may not read it.',
    example: '`validate prod.snapshot.yml`, while the file is called prod.snapshot.yaml.',
    fix: 'Correct the path or the permissions.',
  },
  'unwritable-file': {
    meaning: 'A file cannot be written. The message contains the reason.',
    cause: 'The disk is full, the folder is read-only, or the path is a directory.',
    example: '`export -o /etc/prod.snapshot.yaml` as an ordinary user.',
    fix: 'Write to another path, or correct the permissions.',
  },
  interrupted: {
    meaning: 'The user interrupted the operation before it was complete.',
    cause: 'Ctrl-C was pressed, or a CI system stopped the job.',
    example: 'Ctrl-C during an apply, after a third of its changes.',
    fix: 'Run the command again: it continues with what differs. To revert an apply, run undo with its journal.',
  },
  bug: {
    meaning: 'An internal error of the tool. Please report it.',
    cause: 'A situation that the authors did not think of.',
    example: 'A response of the server that has a form no version of Prefect is known to have.',
    fix: 'Report it with the command line and the message.',
  },
} as const satisfies CodeTable
