import { activate } from './activate.ts'
import { apply } from './apply.ts'
import { backup } from './backup.ts'
import { bundle } from './bundle.ts'
import { bundleVerify } from './bundle-verify.ts'
import type { Command } from './command.ts'
import { completion } from './completion.ts'
import { convert } from './convert.ts'
import { diff } from './diff.ts'
import { doctor } from './doctor.ts'
import { explain } from './explain.ts'
import { exportCommand } from './export.ts'
import { graph } from './graph.ts'
import { importCommand } from './import.ts'
import { init } from './init.ts'
import { journals } from './journals.ts'
import { migrateCompare } from './migrate-compare.ts'
import { migrateCutover } from './migrate-cutover.ts'
import { migrateDualRun } from './migrate-dual-run.ts'
import { migrateFinish } from './migrate-finish.ts'
import { migratePlan } from './migrate-plan.ts'
import { migrateRollback } from './migrate-rollback.ts'
import { migrateStatus } from './migrate-status.ts'
import { migrateSync } from './migrate-sync.ts'
import { pause } from './pause.ts'
import { plan } from './plan.ts'
import { rekey } from './rekey.ts'
import { restore } from './restore.ts'
import { schema } from './schema.ts'
import { secretsList } from './secrets-list.ts'
import { transfer } from './transfer.ts'
import { undo } from './undo.ts'
import { validate } from './validate.ts'
import { verify } from './verify.ts'

/** Every command, in the order in which `--help` lists them within their group. */
export const commands: readonly Command[] = [
  exportCommand,
  plan,
  apply,
  transfer,
  activate,
  pause,
  migratePlan,
  migrateSync,
  migrateStatus,
  migrateDualRun,
  migrateCompare,
  migrateCutover,
  migrateRollback,
  migrateFinish,
  diff,
  validate,
  verify,
  graph,
  explain,
  backup,
  restore,
  undo,
  journals,
  importCommand,
  convert,
  bundle,
  bundleVerify,
  secretsList,
  rekey,
  init,
  completion,
  doctor,
  schema,
]
