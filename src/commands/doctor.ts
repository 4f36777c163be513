import { defineCommand, value } from './command.ts'

export const doctor = defineCommand({
  name: 'doctor',
  group: 'Set up',
  summary: 'Run preflight checks on one server or two',
  description:
    'Checks one server, or two before a transfer: reachability, versions, kinds, references, secrets, work pools and workers, clocks, and what the destination does not support. Changes nothing.',
  arguments: {},
  options: {
    from: value('--from <profile>', 'profile of the server to read'),
    to: value('--to <profile>', 'profile of the server to change'),
  },
  examples: ['doctor --from staging --to prod', 'doctor --to prod'],
  async run(input, io) {
    const { preflight } = await import('../operations/preflight.ts')
    const { checksText, verdictText } = await import('../report/text/checks-text.ts')
    const checks = await preflight(input, io)
    io.out(checksText(checks, io.style) + verdictText(checks, io.style))
    return checks.some(({ status }) => status === 'error') ? 'failed' : 'ok'
  },
})
