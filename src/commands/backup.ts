import { plural } from '../plain-text.ts'
import { commandFormats } from '../report/index.ts'
import { count, defineCommand, flag, required } from './command.ts'
import { readExits } from './exits.ts'
import { fleetOptions, forEachServer } from './fleet.ts'
import { allowUnknownOption, exportSecretOptions, formatOf, selectionOptions, serverOptions } from './options.ts'

export const backup = defineCommand({
  name: 'backup',
  group: 'Keep',
  summary: 'Write a dated snapshot of a server if anything has changed',
  description:
    'Reads a server and writes a dated snapshot to a folder, unless the newest one in it has the same content. Prints the path of the newest snapshot, and with --quiet only warnings and errors. If the server cannot be read completely, or has lost many resources since the newest backup, the folder is left unchanged. For cron: exits with 0 if the newest backup is up to date.',
  arguments: { folder: required('folder of the backups') },
  options: {
    keep: count('--keep <n>', 'number of backups to keep; older ones are removed'),
    overrideChangeLimit: flag(
      '--override-change-limit',
      'write the backup even if it lacks many resources of the newest one',
    ),
    ...allowUnknownOption,
    ...serverOptions('server to read'),
    ...fleetOptions,
    ...exportSecretOptions,
    ...selectionOptions,
    ...formatOf(commandFormats),
  },
  examples: [
    'backup backups/ --profile prod',
    'backup /var/backups/prefect --profile prod --keep 30 --quiet',
    "backup backups/ --profile 'team-*' --keep 30",
    'backup backups/ --profile prod --secrets age --recipient age1… --identity key.txt',
  ],
  exits: {
    ...readExits,
    incomplete: 'The server could not be read completely, or a resource or value was left out.',
    policy: 'More has disappeared since the newest backup than the change limit allows.',
  },
  async run(options, terminal) {
    return forEachServer('backup', options, terminal, async ({ format, ...request }, io) => {
      const { backUp } = await import('../operations/back-up.ts')
      const { commonOf, printCommand } = await import('./print.ts')
      const { path, snapshot, unchanged, removed, leftOut } = await backUp(request, io)
      const saved = `Saved ${plural(snapshot.resources.length, 'resource')} to ${path}`
      io.note(unchanged ? `Nothing has changed since ${path}\n` : `${saved}\n`)
      if (removed.length > 0) io.note(`Removed ${plural(removed.length, 'older backup')}: ${removed.join(', ')}\n`)
      const status = leftOut.length > 0 ? 'incomplete' : 'ok'
      const common = { schema: 'prefect-snapshot/backup', ...commonOf(leftOut, status, io) } as const
      const report = { ...common, file: path, resources: snapshot.resources.length, unchanged, removed }
      if (format !== 'text' || !io.quiet) await printCommand(report, format, io)
      return status
    })
  },
})
