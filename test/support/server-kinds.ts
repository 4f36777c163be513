import type { Kind } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/all.ts'

/** What a server has of the kinds: without the kinds and fields of Prefect Cloud, which test/cloud holds on a stand-in. */
export const serverKinds: readonly Kind[] = kinds
  .filter(({ only }) => only !== 'cloud')
  .map((kind) => ({
    ...kind,
    fields: Object.fromEntries(Object.entries(kind.fields).filter(([, { only }]) => only !== 'cloud')),
  }))
