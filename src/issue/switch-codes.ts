import type { CodeTable } from './code-table.ts'

/** Codes of moves of a wave from one server to another. */
export const switchCodes = {
  'wave-order': {
    meaning: 'A wave comes after one that is not cut over yet.',
    cause: 'The waves file says `after:`, and members of that wave still run at the old side.',
    example: '`migrate cutover reports`, with `after: [ingest]`, before `migrate cutover ingest` has succeeded.',
    fix: 'Cut the other wave over first, or remove it from `after:`.',
  },
  'on-both-sides': {
    meaning: 'A member of the wave is on at both sides, so that its work is done twice.',
    cause: 'Somebody activated it at one side while the other one had it.',
    example: 'A deployment that was resumed at the old server after its cutover.',
    fix: 'Pause it at the side that is not to have it, and run the command again.',
  },
  'not-switched': {
    meaning: 'A member of a wave could not be switched, or is not switched by this command.',
    cause: 'It was never at rest within --drain-timeout, a server refused, or it is not at the new side.',
    example: 'A deployment that always has a run in flight.',
    fix: 'Run the command again: it switches what is left. With --drain-timeout 0, runs in flight end where they are.',
  },
  'migration-locked': {
    meaning: 'Another command of the same migration is writing.',
    cause: 'Two people, or a person and a scheduled job, work with the same waves file at the same time.',
    example: 'A `migrate sync` of a nightly job while somebody cuts a wave over.',
    fix: 'Wait until the other command has ended. The lock of a command that was killed is no obstacle.',
  },
  'lower-limit': {
    meaning: 'A limit on runs is lower at the side that takes a wave over than at the side that gives it away.',
    cause: 'The limit was changed on one server, or by an overlay.',
    example: 'A work pool with concurrency_limit 10 at the old server and 2 at the new one.',
    fix: 'Raise the limit before the cutover, unless fewer runs at a time are wanted.',
  },
  'wave-link': {
    meaning:
      'A member of the wave and one of another wave, which stays on the other side for now, depend on each other.',
    cause: 'An automation of one wave starts or watches a deployment of another one.',
    example: 'The automation of wave ingest that runs a deployment of wave reports when a run fails.',
    fix: 'Switch both in one wave, or make sure that what happens meanwhile may happen on one side only.',
  },
  'missed-slot': {
    meaning: 'A time of a schedule was run on neither side, since it fell into a switch.',
    cause: 'It was late when its deployment was paused, or its schedule leaves no moment that is long enough.',
    example: 'A deployment that runs every five seconds.',
    fix: 'Run the cutover again with --run-missed, which makes each of these runs once.',
  },
  'runs-left': {
    meaning: 'The side that gave a wave away still has runs of it.',
    cause: 'They were in flight, late, made by hand for later, or suspended, when their deployment was paused.',
    example: 'A run that was scheduled by hand for tomorrow.',
    fix: 'Let them end, and keep a worker there until then. Make those that are for later again at the other side.',
  },
} as const satisfies CodeTable
