import type { Issue } from '../issue.ts'
import { defineCommand, flag, rest } from './command.ts'
import type { ExitStatus, Io } from './io.ts'
import { environmentOptions, formatOption, snapshotForms } from './options.ts'

export const validate = defineCommand({
  name: 'validate',
  group: 'Review',
  summary: 'Check snapshots without a server',
  description:
    'Checks snapshots offline: syntax, schema, keys, tokens, the graph of references, values that Prefect would refuse, and the rules of the policy file. Reports all errors together.',
  arguments: { snapshot: rest(snapshotForms) },
  options: {
    containing: flag('--containing', 'check the snapshots that contain these files, and ignore files of no snapshot'),
    ...environmentOptions,
    ...formatOption,
  },
  examples: [
    'validate prod.snapshot.yaml',
    'validate snapshots/ -f json',
    'validate *.snapshot.yaml -f markdown',
    'validate --containing platform/variable/region.yaml',
  ],
  exits: { policy: 'The snapshot is valid, but violates a rule of your own.' },
  async run({ snapshot, containing, format, ...environment }, io) {
    const { validateSnapshots } = await import('../operations/own-rules.ts')
    const { commonOf, print } = await import('./print.ts')
    const paths = containing ? await containingPaths(snapshot, io) : snapshot
    const read = await validateSnapshots(paths, environment, io)
    const files = read.map(({ path, snapshot, issues }) => {
      const errors = issues.filter(({ severity }) => severity === 'error').length
      return { file: path, resources: snapshot.resources.length, errors, warnings: issues.length - errors }
    })
    const issues = read.flatMap((one) => one.issues)
    const status = statusOf(issues)
    if (format !== 'json') io.warn(issues)
    if (io.env.GITHUB_ACTIONS === 'true') {
      const { annotationsText } = await import('../report/annotations.ts')
      io.err(annotationsText(issues, await fromRoot(io)))
    }
    const isSilent = io.quiet && format === 'text'
    const shown = isSilent ? files.filter(({ errors, warnings }) => errors + warnings > 0) : files
    await print({ schema: 'prefect-snapshot/validate', ...commonOf(issues, status, io), files: shown }, { format }, io)
    return status
  },
})

/** A snapshot that violates only rules of its own is valid, and refused by a policy. */
function statusOf(issues: readonly Issue[]): ExitStatus {
  const errors = issues.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return 'ok'
  return errors.every(({ code }) => code === 'rule-violation') ? 'policy' : 'usage'
}

async function containingPaths(files: readonly string[], { cwd }: Io): Promise<readonly string[]> {
  const { containingSnapshots } = await import('../operations/load-snapshot.ts')
  return containingSnapshots(files, cwd)
}

/** The path of a file from the root of the checked out repository, as GitHub names it. */
async function fromRoot({ cwd, env }: Io): Promise<(file: string) => string> {
  const { relative, resolve } = await import('node:path')
  return (file) => relative(env.GITHUB_WORKSPACE ?? cwd, resolve(cwd, file))
}
