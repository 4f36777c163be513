import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = places.find((place) => existsSync(place))
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why there is no browser for the tests; undefined if there is one. In CI, a missing browser is a failure. */
export const noBrowser =
  executablePath || process.env.CI === 'true'
    ? undefined
    : `no Chromium at ${places.join(', ')} (Debian: apt-get install chromium)`

/** Starts the local Chromium without a window. */
export function startBrowser(): Promise<Browser> {
  if (!executablePath) throw new Error(`Chromium is needed: there is none at ${places.join(', ')}`)
  return chromium.launch({ executablePath, headless: true, args: flags })
}
