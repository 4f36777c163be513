import type { CodeTable } from './code-table.ts'

/** Codes of plan, apply and undo. */
export const applyCodes = {
  protected: {
    meaning: 'The policy file protects the resource from deletion.',
    cause: 'A glob under protect: matches a resource that the plan deletes.',
    example: 'protect: [work-pool/prod-*], and `apply --prune` without work-pool/prod-k8s in the snapshot.',
    fix: 'Add the resource to the snapshot, exclude it from this run, or remove the glob.',
  },
  'in-use': {
    meaning: 'A resource that would be deleted is still used by another one that is kept.',
    cause: 'The plan deletes it, but what refers to it is outside of the scope.',
    example: 'A work pool that a deployment of another team uses.',
    fix: 'Include what refers to it in the scope, or exclude it.',
  },
  'default-queue': {
    meaning: 'The default queue of a work pool can only be deleted together with the pool.',
    cause: 'The snapshot has the pool, but not its default queue.',
    example: 'The plan keeps work-pool/k8s and prunes work-queue/k8s/default.',
    fix: 'Add the queue to the snapshot.',
  },
  'change-limit': {
    meaning:
      'The plan deletes or updates so many resources of one kind that it may be a mistake, such as the wrong profile or an empty file.',
    cause: 'The profile or the file is another one than intended, or the change is meant to be large.',
    example: '`apply staging.snapshot.yaml --prune --profile prod`.',
    fix: 'Check the profile and the file. If the change is intended, pass --raise-change-limit with the value that the message has.',
  },
  'likely-rename': {
    meaning:
      'A delete and a create have nearly the same content. If this is a rename, add it to `moved:` in the header.',
    cause: 'The key of a document was changed, which a plan sees as two resources.',
    example: 'The key variable/region became variable/aws_region, with the same value.',
    fix: 'Add moved: [{from: variable/region, to: variable/aws_region}] to the header of the snapshot.',
  },
  'invalid-policy': {
    meaning: 'The policy file is invalid.',
    cause: 'prefect-snapshot.yaml has a syntax error, an unknown field, or a value of another form.',
    example: 'protect: work-pool/** instead of the list protect: [work-pool/**].',
    fix: 'Correct the line of prefect-snapshot.yaml that the message names.',
  },
  'rule-violation': {
    meaning:
      'A resource violates a rule under `rules:` in the policy file. The message contains the rule and its name.',
    cause: 'The value is not one that the rule allows, or the rule is meant for other resources.',
    example: 'A schedule of every minute, and a rule with minimumInterval: 300.',
    fix: 'Change the value, or change match, environments or severity of the rule.',
  },
  'unused-rule': {
    meaning: 'A rule of the policy file matches no resource of the snapshots.',
    cause: 'Its glob has a typo, or is about resources of another snapshot.',
    example: 'match: deployment/elt/**, where the flow is etl.',
    fix: 'Correct the glob, limit the rule with environments:, or validate all snapshots together.',
  },
  'stale-plan': {
    meaning: 'The server has changed since the plan was created.',
    cause: 'Somebody changed one of the planned resources, or the plan is for another server.',
    example: 'A plan of yesterday, and a deploy in between.',
    fix: 'Create the plan again, and review it.',
  },
  'invalid-plan': {
    meaning: 'The file is not a saved plan, or has another format version.',
    cause: 'The file is a report (-f json), was edited, or another release wrote it.',
    example: '`apply report.json`, with the output of `plan -f json`.',
    fix: 'Save a plan with `plan --out plan.json`, and apply that file.',
  },
  'invalid-journal': {
    meaning: 'The file is not a journal of an apply, or is damaged.',
    cause:
      'The path is another file, or the file was edited or cut, or a disk was full. Without its first line, nothing is reverted.',
    example: '`undo prod.snapshot.yaml`.',
    fix: 'Pass a file that `journals` lists, or --last for the newest one.',
  },
  'changed-on-both': {
    meaning:
      'A field has changed on both servers of a migration since it was carried over last, or it is not known on which one. It was not written.',
    cause: 'Somebody has edited the resource at the new server, and somebody else at the old one.',
    example:
      'The parameters of deployment/etl/prod are {"days": 2} at the old server and {"days": 3} at the new one, and were {"days": 1}.',
    fix: 'Make both equal, or run migrate sync with --prefer old or --prefer new.',
  },
  'kept-at-new': {
    meaning: 'The new server of a migration keeps a value, or a resource, that the old server has otherwise.',
    cause: 'Only the new server has changed it since, the resource is live there, or the old server has deleted it.',
    example: 'The deployment etl/prod was cut over, and has another work pool at the new server.',
    fix: 'Nothing, if that is intended. Otherwise change it at the new server.',
  },
  'changed-since': {
    meaning: 'A resource was changed after the apply that is to be undone.',
    cause: 'A later apply, a deploy, or somebody in the user interface changed it.',
    example: 'A variable that was edited after the apply.',
    fix: 'Change it by hand if the older state is wanted, or undo the later apply first.',
  },
  'changed-meanwhile': {
    meaning:
      'Somebody else changed, deleted or created a resource while the command ran, so its change was skipped: nothing is overwritten that the plan did not show.',
    cause: 'Somebody worked on the server during the confirmation or the apply, or two applies ran at the same time.',
    example: 'A variable that was edited in the user interface while `apply` waited for the answer.',
    fix: 'Run the command again: it plans with what the server has now.',
  },
  'unrecoverable-secret': {
    meaning:
      'An apply would replace or delete a secret value. Journals contain no secrets, so undo can only restore it if a source has the previous value.',
    cause: 'Servers do not show secrets, and journals do not hold them.',
    example: 'An update of the password in a block.',
    fix: 'Keep the present value elsewhere, for example with export --secrets age.',
  },
  'builtin-stays': {
    meaning:
      'An apply added a block type or schema that is part of Prefect. Undo keeps it, since it has no effect by itself.',
    cause: 'The server had not registered the block type before.',
    example: 'The block type slack-webhook, which a block of the snapshot needed.',
    fix: 'Nothing.',
  },
  unsupported: {
    meaning: 'The destination does not support a resource or field, or cannot change it in place.',
    cause: 'The server is older, has other limits, or the field is fixed after the create.',
    example: 'An update of the type of a work pool.',
    fix: 'Remove it from the snapshot, or pass --skip-unsupported to apply the rest.',
  },
  downgraded: {
    meaning: 'The destination is an older version without this field. The rest of the resource is written.',
    cause: 'The snapshot was exported from a newer server.',
    example: 'The field global_concurrency_limit of a deployment, on a server that does not know it.',
    fix: 'Nothing, or update the server.',
  },
  'missing-secret': {
    meaning:
      'A secret to be written has no value: its variable is not set, its file is missing, no identity can decrypt it, or commands are not allowed.',
    cause: 'The environment of this run lacks what the snapshot names as the source.',
    example: 'secrets: {/data/value: {env: SLACK_URL}}, while SLACK_URL is not set.',
    fix: 'Set the variable, or pass --secret-env-file, --identity or --allow-commands. `secrets list` shows all sources.',
  },
  'not-verified': {
    meaning: 'The changes were applied, but the server could not be read afterwards to verify them.',
    cause: 'The server failed or was restarted after the last write.',
    example: 'The connection is lost while the resources are read back.',
    fix: 'Run verify, or apply again, which writes only what differs.',
  },
  'not-converged': {
    meaning: 'A field has another value after the write than was sent.',
    cause: 'The server changes the value, or somebody else wrote at the same time.',
    example: 'A server that rounds a number.',
    fix: 'Compare both values in the message, and write the one of the server to the snapshot if it is right.',
  },
  'unknown-id': {
    meaning: 'The ID of a required resource is not known, because that resource was not created.',
    cause: 'The create of a dependency failed or is not part of the plan.',
    example: 'A deployment, after the create of its flow failed.',
    fix: 'Correct the fault of the dependency, and apply again.',
  },
  'active-on-both': {
    meaning:
      'What activate would switch on, or has switched on before, is still active on the server of --from: it would run on both.',
    cause: 'The old server was not paused, or `pause` ended half-way.',
    example:
      '`activate all.snapshot.yaml --tag wave-1 --profile new --from old` before `pause --tag wave-1 --profile old`.',
    fix: 'Pause it there first, or pass --allow-both if it may run on both.',
  },
  'not-compared-by-name': {
    meaning:
      'activate could not look whether a resource is still active on the server of --from, since nothing has its name there.',
    cause: 'The resource was renamed by an overlay that the command does not have, or was deleted on the old server.',
    example: '`activate live.snapshot.yaml --from old`, with a snapshot that `transfer --overlay --save` wrote.',
    fix: 'Use the snapshot with the names of the old server, and pass the overlay that renames with --overlay.',
  },
  'paused-in-snapshot': {
    meaning:
      'activate leaves a resource as it is on the server, since the snapshot has it paused or disabled, or a schedule of it inactive.',
    cause: 'It was paused when the snapshot was exported, for example because it had already moved.',
    example: 'A fresh export of the old server after the first wave, in which the deployments of that wave are paused.',
    fix: 'To pause it, use pause. To activate it, use a snapshot of the time when it was active, such as the one of the transfer.',
  },
  'lost-runs': {
    meaning: 'An update deletes late runs of a deployment: those that are due and that no worker has taken.',
    cause:
      'Until 3.3.4, Prefect deletes all runs that schedules have made when a deployment changes; later versions only those of the future.',
    example: '`pause --tag wave-1 --profile old` on a server of Prefect 2 whose workers were stopped an hour ago.',
    fix: 'Let a worker take them first, or run them by hand afterwards. They are not restored by undo.',
  },
  'starts-work': {
    meaning: 'The plan activates resources that are paused or disabled on the server: they start to run.',
    cause: 'The snapshot has them active, and --activation is not keep or paused.',
    example: '`apply all.snapshot.yaml --overlay live.yaml` after a transfer, which has created everything paused.',
    fix: 'If only other fields are meant, pass --activation keep, and use activate for what is to start.',
  },
  'no-worker': {
    meaning:
      'The plan starts work in a work pool that has no online worker or is paused, or moves active deployments there: their runs will be late.',
    cause: 'The worker of the pool was not started yet, or the pool is not the one that is meant.',
    example: 'A transfer without the overlay that leads deployments to the pools of the new server.',
    fix: 'Start a worker for the pool first, or correct the pool in the snapshot or its overlay.',
  },
  'inexact-shift': {
    meaning: 'The schedule of a deployment cannot be moved by the time of --shift for every one of its runs.',
    cause: 'No single schedule has the moved runs, for example because only some of them pass midnight.',
    example: '`migrate dual-run ingest --shift 7m` with the cron expression */5 8-17 * * *.',
    fix: 'Choose another --shift, choose fewer members with --sample, or exclude the deployment from the wave.',
  },
  'not-in-dual-run': {
    meaning: 'A member of a wave takes no part in its dual run.',
    cause: 'It is an automation, it does not run by itself at the old side, or the overlays leave it out.',
    example: 'An automation, which would act on both sides.',
    fix: 'Compare it after the cutover.',
  },
  'missing-on-server': {
    meaning: 'A resource to be paused or activated is not on the server.',
    cause: 'The snapshot was not applied to this server yet, or the resource has another name there.',
    example: '`activate prod.snapshot.yaml` before the first `apply`.',
    fix: 'Apply the snapshot first, or select fewer resources.',
  },
  'empty-selection': {
    meaning: 'The selection flags match no resources.',
    cause: 'A glob, tag or kind has a typing error, or no resource meets all flags together.',
    example: "--include 'deployments/**', while the kind is deployment.",
    fix: 'Correct the flag. The message names what is similar.',
  },
  'outside-scope': {
    meaning:
      'A resource of the snapshot is outside of the scope in its header: apply creates it, and --prune never deletes it.',
    cause: 'A document was added by hand to an export with selection flags.',
    example: 'A deployment without the tag team-a, in the export of --tag team-a.',
    fix: 'Give the resource what the scope asks for, or widen scope: in the header.',
  },
  'needs-confirmation': {
    meaning: 'The command requires confirmation, but there is no terminal. Pass --yes to confirm.',
    cause: 'The command runs in CI or from a script.',
    example: '`apply prod.snapshot.yaml` in a workflow.',
    fix: 'Pass --yes, after the plan was reviewed.',
  },
} as const satisfies CodeTable
