import { old } from '../servers/versions.ts'
import { describeWorlds } from './worlds.ts'

describeWorlds(old)
