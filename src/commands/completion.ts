import { shells } from '../operations/completion-scripts.ts'
import { defineCommand, requiredChoice } from './command.ts'

export const completion = defineCommand({
  name: 'completion',
  group: 'Set up',
  summary: 'Print a script with which a shell completes commands, options and values',
  description:
    'Prints a script for bash, zsh or fish. With it, the Tab key completes commands, options, their values, profiles, environments, waves, and the kinds and names of resources of the snapshot on the line. Completion reads files of this machine and asks no server.',
  arguments: { shell: requiredChoice('bash, zsh or fish', shells) },
  options: {},
  examples: [
    'completion bash > ~/.local/share/bash-completion/completions/prefect-snapshot',
    'completion zsh > ~/.zsh/completions/_prefect-snapshot',
    'completion fish > ~/.config/fish/completions/prefect-snapshot.fish',
  ],
  async run({ shell }, io) {
    const { completionScript } = await import('../operations/completion-scripts.ts')
    io.out(completionScript(shell))
    return 'ok'
  },
})
