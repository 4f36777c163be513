import { apply } from './apply.ts'
import type { Bench } from './bench.ts'
import { concurrency } from './concurrency.ts'
import { diff } from './diff.ts'
import { exporting } from './export.ts'
import { far } from './far.ts'
import { fleet } from './fleet.ts'
import { incumbent } from './incumbent.ts'
import { offline } from './offline.ts'
import { page } from './page.ts'
import { planning } from './planning.ts'
import { rehearsal } from './rehearsal.ts'
import { start } from './start.ts'

/** Every benchmark, in the order in which they run. */
export const benches: readonly Bench[] = [
  start,
  offline,
  diff,
  page,
  exporting,
  planning,
  apply,
  concurrency,
  far,
  fleet,
  incumbent,
  rehearsal,
]
