import { setTimeout as sleep } from 'node:timers/promises'

/** Migrating an empty PostgreSQL database takes almost a minute on two busy cores. */
const patience = 150_000

/** Waits until the server answers its health route; throws if its process exits first. */
export async function untilHealthy(url: string, exited: Promise<void>): Promise<void> {
  const end = Date.now() + patience
  let gone = false
  void exited.then(() => {
    gone = true
  })
  while (!(await isOk(`${url}/health`))) {
    if (gone) throw new Error('its process has ended')
    if (Date.now() > end) throw new Error(`it was not healthy after ${patience / 1000} s`)
    await sleep(40)
  }
}

/**
 * Waits until a write succeeds. Background services lock a SQLite database for some seconds after startup, and the server
 * answers 503 meanwhile. Creates and deletes a variable; a 401 or 403 also means ready.
 */
export async function untilWritable(url: string): Promise<void> {
  const name = `ready-${process.pid}-${Date.now()}`
  const body = JSON.stringify({ name, value: null })
  const create = () =>
    fetch(`${url}/variables/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const created = await retried(create)
  if (created !== 201 && created !== 409) return
  await retried(() => fetch(`${url}/variables/name/${name}`, { method: 'DELETE' }))
}

async function retried(send: () => Promise<Response>): Promise<number> {
  const end = Date.now() + patience
  while (Date.now() < end) {
    const status = await statusOf(send)
    if (status !== 0 && status < 500) return status
    await sleep(100)
  }
  throw new Error('it refused every write')
}

/** 0 if there was no response: after a 5xx the server closes the connection, which the next request notices. */
async function statusOf(send: () => Promise<Response>): Promise<number> {
  try {
    const response = await send()
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}

async function isOk(url: string): Promise<boolean> {
  return (await statusOf(() => fetch(url, { signal: AbortSignal.timeout(15_000) }))) === 200
}
