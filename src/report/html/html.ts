import type { Reporter } from '../reporter.ts'
export const html: Reporter = () => ''
