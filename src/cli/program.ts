import { Command, Option } from 'commander'
import type { ExitStatus, Io } from '../commands/io.ts'
import type { Act, GlobalFlags } from './act.ts'
import { addApplying } from './applying.ts'
import { addCarrying } from './carrying.ts'
import { addKeeping } from './keeping.ts'
import { addReading } from './reading.ts'
import { addSecrets } from './secrets.ts'

/** The command line: every command with its flags, its help and its examples. `start` gives a command its `Io`. */
export function programOf(
  version: string,
  start: (run: (io: Io) => Promise<ExitStatus>, flags: GlobalFlags, command: string) => Promise<void>,
): Command {
  const act: Act =
    (run) =>
    async (...given) => {
      const command = given.at(-1) as Command
      const flags = command.optsWithGlobals()
      await start((io) => run(command.args, flags as never, io), flags, fullName(command))
    }
  const program = new Command('prefect-snapshot')
    .description(
      "Exports a Prefect server's configuration to a reviewable YAML snapshot, plans what another server would have to change, and applies exactly that.",
    )
    .version(version)
    .option('--quiet', 'say nothing but results and errors')
    .option('--verbose', 'one line for each request: method, path, status, time')
    .addOption(
      new Option('--log <how>', 'what standard error says: text, or ndjson: one event a line')
        .choices(['text', 'ndjson'])
        .default('text'),
    )
    .option('--no-color', 'no colours (so does NO_COLOR)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
  addReading(program, act)
  addApplying(program, act)
  addKeeping(program, act)
  addCarrying(program, act)
  addSecrets(program, act)
  return program
}

/** `bundle verify` for one below another: by itself it would be taken for the one that looks at a server. */
function fullName(command: Command): string {
  return command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name()
}
