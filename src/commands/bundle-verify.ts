import type { Check } from '../check.ts'
import { commandFormats } from '../report/index.ts'
import { defineCommand, required } from './command.ts'
import { formatOf } from './options.ts'

export const bundleVerify = defineCommand({
  name: 'bundle verify',
  group: 'Share',
  summary: 'Check that a bundle is unchanged',
  description: 'Checks the checksums of a bundle, that no file is missing or added, and the schema.',
  arguments: { file: required('bundle') },
  options: { ...formatOf(commandFormats) },
  examples: ['bundle verify acme.tar.gz', 'bundle verify acme.tar.gz -f json'],
  async run({ file, format }, io) {
    const { verifyBundle } = await import('../operations/pack-bundle.ts')
    const { printChecks } = await import('./print-checks.ts')
    const { files, sha256, hasOwnSchema } = await verifyBundle(file, io)
    const checks: Check[] = [
      { status: 'ok', title: 'files', detail: `${files}, all checksums match SHA256SUMS, none missing, none added` },
      hasOwnSchema
        ? { status: 'ok', title: 'schema', detail: 'matches this version' }
        : {
            status: 'warning',
            title: 'schema',
            detail: `differs from the schema of this version, prefect-snapshot ${io.version}`,
          },
      { status: 'note', title: 'sha256', detail: `${sha256}; compare it with the checksum that the publisher states` },
    ]
    await printChecks('bundle-verify', checks, 'ok', format, io)
    return 'ok'
  },
})
