import { startBroker } from './broker.ts'
import { startServers } from './servers.ts'

/** Vitest's global setup: one fork server for each Prefect version, shared by all test files and started at its first use. */
export default async function setup(): Promise<() => Promise<void>> {
  const broker = await startBroker((version) =>
    startServers(version, { onProgress: (line) => console.error(`[servers] ${line}`) }),
  )
  return () => broker.stop()
}
