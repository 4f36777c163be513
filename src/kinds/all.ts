import type { Kind } from '../kind.ts'
import { automation } from './automation/automation.ts'
import { block } from './block/block.ts'
import { blockSchema } from './block/block-schema.ts'
import { blockType } from './block/block-type.ts'
import { concurrencyLimit } from './concurrency-limit.ts'
import { defaultResultStorage } from './default-result-storage.ts'
import { deployment } from './deployment/deployment.ts'
import { flow } from './flow.ts'
import { savedSearch } from './saved-search.ts'
import { sla } from './sla.ts'
import { tagConcurrencyLimit } from './tag-concurrency-limit.ts'
import { variable } from './variable.ts'
import { webhook } from './webhook.ts'
import { workPool } from './work-pool/work-pool.ts'
import { workQueue } from './work-queue.ts'

/** Every kind, in the order of a snapshot. A new kind is one file and one line here. */
export const kinds: readonly Kind[] = [
  variable,
  concurrencyLimit,
  tagConcurrencyLimit,
  blockType,
  blockSchema,
  block,
  workPool,
  workQueue,
  flow,
  deployment,
  sla,
  automation,
  webhook,
  savedSearch,
  defaultResultStorage,
]
