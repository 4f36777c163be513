import type { Check } from '../check.ts'
import { defineCommand, required } from './command.ts'

export const bundleVerify = defineCommand({
  name: 'bundle verify',
  group: 'Share',
  summary: 'Check that a bundle is unchanged',
  description: 'Checks the checksums of a bundle, that no file is missing or added, and the schema.',
  arguments: { file: required('bundle') },
  options: {},
  examples: ['bundle verify acme.tar.gz'],
  async run({ file }, io) {
    const { verifyBundle } = await import('../operations/pack-bundle.ts')
    const { checksText } = await import('../report/text/checks-text.ts')
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
    io.out(checksText(checks, io.style))
    return 'ok'
  },
})
