import { describeWorlds } from './worlds.ts'

describeWorlds('3.8.8')
