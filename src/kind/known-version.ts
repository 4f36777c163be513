import { atLeast } from '../version.ts'

/** The newest release of Prefect whose API was compared with the kinds. The tests hold that they know all of it. */
export const newestKnown = '3.9.1'

/** Whether a version is a release that was compared when this version of the tool was made. */
export function isKnownVersion(version: string): boolean {
  return /^[23]\.\d+\.\d+$/.test(version) && atLeast(newestKnown, version)
}
