import { startBroker } from './broker.ts'
import { startServers } from './servers.ts'

/** Vitest's global setup: one fork server a Prefect version for all test files, started when the first test asks. */
export default async function setup(): Promise<() => Promise<void>> {
  const broker = await startBroker((version) =>
    startServers(version, { onProgress: (line) => console.error(`[servers] ${line}`) }),
  )
  return () => broker.stop()
}
