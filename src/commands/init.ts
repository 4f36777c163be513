import type { InitializedFile, InitRequest } from '../operations/initialize.ts'
import { defineCommand, flag, optionalOr, valueOr } from './command.ts'

export const init = defineCommand({
  name: 'init',
  group: 'Set up',
  summary: 'Set up a repository for snapshots',
  description:
    'Writes a policy file, editor settings that bind snapshots, overlays and the policy file to their schemas, settings for git, and GitHub workflows. Existing files are left unchanged.',
  arguments: { folder: optionalOr('root of the repository', '.') },
  options: {
    snapshot: valueOr('--snapshot <path>', 'snapshot that the workflows use', 'prod.snapshot.yaml'),
    action: valueOr('--action <action>', 'GitHub Action of prefect-snapshot, pinned', 'OWNER/prefect-snapshot@COMMIT'),
    force: flag('--force', 'replace existing files, and add missing lines to .gitignore and .gitattributes'),
  },
  examples: ['init', 'init --snapshot platform/'],
  async run(input, io) {
    const { initialize } = await import('../operations/initialize.ts')
    const files = await initialize(input, io)
    const width = Math.max(...files.map(({ status }) => status.length))
    if (!io.quiet) io.out(files.map(({ path, status }) => `${status.padEnd(width)}  ${path}\n`).join(''))
    io.note(nextSteps(files, input))
    return 'ok'
  },
})

/** The steps that remain for the user. */
function nextSteps(files: readonly InitializedFile[], { snapshot, action }: InitRequest): string {
  const unchanged = files.filter(({ status }) => status === 'left unchanged')
  const lines = [
    ...unchanged.map(({ path, text, lines }) =>
      lines
        ? `${path} exists. Add these lines to it:\n${text.replace(/^/gm, '    ').trimEnd()}`
        : `${path} exists. To replace it, pass --force`,
    ),
    ...(action.includes('COMMIT')
      ? [`In .github/workflows/, replace ${action} with the repository of the action and a commit of its built branch`]
      : []),
    'To show the resource in the header of each hunk of git diff:',
    "    git config diff.prefect-snapshot.xfuncname '^key: .*$'",
    `Next: prefect-snapshot export --profile PROFILE -o ${snapshot}`,
  ]
  return `\n${lines.join('\n')}\n`
}
