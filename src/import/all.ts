import { automations } from './automations.ts'
import { prefectYaml } from './prefect-yaml/prefect-yaml.ts'
import { prefect1 } from './prefect1/prefect1.ts'
import type { ImportReader } from './reader.ts'

/** The formats that can be imported: one import and one line each. */
export const readers: readonly ImportReader[] = [prefectYaml, prefect1, automations]
