import { prefectYaml } from './prefect-yaml/prefect-yaml.ts'
import type { ImportReader } from './reader.ts'

/** The formats that can be imported: one import and one line each. */
export const readers: readonly ImportReader[] = [prefectYaml]
