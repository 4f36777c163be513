import type { Update } from '../hold.ts'
import { deploymentUpdates } from './deployments.ts'
import { limitUpdates } from './limits.ts'
import { otherUpdates } from './others.ts'
import { refusedCreates } from './refused-creates.ts'
import { removalUpdates } from './removals.ts'
import { scheduleUpdates } from './schedules.ts'

/** Every update of several writes. */
export const updates: readonly Update[] = [
  ...scheduleUpdates,
  ...limitUpdates,
  ...deploymentUpdates,
  ...refusedCreates,
  ...otherUpdates,
  ...removalUpdates,
]
