import type { Json, JsonObject } from '../../json.ts'
import type { Field } from '../../kind.ts'
import type { Server } from '../../model.ts'
import { isCloud } from '../../version.ts'
import { boolean, nullableString } from '../field-schemas.ts'

/** Fields of deployments that only Prefect Cloud stores: a server accepts some of them, and forgets them. */
export const cloudFields: Readonly<Record<string, Field>> = {
  branch: { schema: nullableString, doc: 'Branch of the code.', default: null, only: 'cloud' },
  base: { schema: nullableString, doc: 'Base of the branch.', default: null, only: 'cloud' },
  root: { schema: nullableString, doc: 'Root of the code in its repository.', default: null, only: 'cloud' },
  version_info: {
    schema: { type: ['object', 'null'] },
    doc: 'Where its version comes from, such as a commit.',
    default: null,
    only: 'cloud',
  },
  disabled: {
    schema: boolean,
    doc: 'Whether it makes no runs at all.',
    default: false,
    only: 'cloud',
    without: 'it would make runs, although it is disabled',
  },
}

/** These fields of an API object, or of a spec for a request. A server has none of them, and gets none. */
export function cloudValues(of: Readonly<Record<string, Json | undefined>>, { version }: Server): JsonObject {
  if (!isCloud(version)) return {}
  return Object.fromEntries(
    Object.entries(cloudFields).map(([name, field]) => [name, of[name] ?? field.default ?? null]),
  )
}
