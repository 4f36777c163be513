import { isPattern } from '../operations/fleet-targets.ts'
import { count } from './command.ts'
import type { ExitStatus, Io } from './io.ts'
import type { FleetCommand, FleetInput } from './run-fleet.ts'

/** Options of the commands that can run for several servers. */
export const fleetOptions = {
  parallel: count(
    '--parallel <n>',
    'servers at a time, if --profile or --workspace is a pattern, such as team-* or acme/*, that selects several (default: 8)',
  ),
}

/** Runs a command for its server, or for each server that a pattern selects. */
export async function forEachServer<I extends FleetInput>(
  command: FleetCommand,
  input: I,
  io: Io,
  run: (input: I, io: Io) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  if (!isPattern(input.profile) && !isPattern(input.workspace)) return run(input, io)
  const { runFleet } = await import('./run-fleet.ts')
  return runFleet(command, input, io, run)
}
