import { describeWorlds } from './worlds.ts'

describeWorlds('3.4.14')
