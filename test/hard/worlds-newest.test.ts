import { newest } from '../servers/versions.ts'
import { describeWorlds } from './worlds.ts'

describeWorlds(newest)
