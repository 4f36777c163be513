import { documentFrom } from '../issues.ts'
import type { Imported, ImportReader } from '../reader.ts'
import { makeListed, readPrefect1 } from './read-prefect1.ts'

/** Flows of Prefect 1: what flow.serialize() writes, and what its GraphQL API answers. */
export const prefect1: ImportReader = {
  name: 'prefect1',
  summary: 'flows of Prefect 1, as flow.serialize() writes them or its GraphQL API answers',
  recognizes: (_file, text) =>
    /^\s*[[{]/.test(text) && /"(serialized_flow|flow_group)"|"prefect\.core\.flow\.Flow"/.test(text),
  read({ file, text, now = new Date(), pools = {} }): Imported {
    const { made, external, issues, place, told } = readPrefect1(file, text, { now, pools })
    return {
      documents: made.flatMap(({ documents, origins }) =>
        documents.map((document) => documentFrom(document, place, origins)),
      ),
      external,
      issues,
      flows: makeListed(file, made, told),
    }
  },
}
