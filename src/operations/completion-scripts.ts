/** The shells with a script. */
export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/**
 * The script for a shell. It only asks the tool on each Tab (`__complete`), so that it stays right when the tool is updated, and
 * adds what the shell knows better: paths of files.
 */
export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell]
}

// In bash 3.2 there is no compopt.
const bash = `# Completion of prefect-snapshot for bash.
# Save it as ~/.local/share/bash-completion/completions/prefect-snapshot, or load it in ~/.bashrc:
#   source <(prefect-snapshot completion bash)

_prefect_snapshot() {
  local tool=\${1/#\\~\\//$HOME/} fallback= line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$fallback" ]; then fallback=$line; else COMPREPLY+=("$line"); fi
  done < <("$tool" __complete bash "$COMP_POINT" "$COMP_LINE" "$COMP_WORDBREAKS" 2>/dev/null)
  if [ \${#COMPREPLY[@]} -gt 0 ]; then
    compopt -o nospace 2>/dev/null
  elif [ "$fallback" = directories ]; then
    compopt +o default -o dirnames 2>/dev/null
  elif [ "$fallback" != files ]; then
    compopt +o default 2>/dev/null
  fi
}

complete -o default -F _prefect_snapshot prefect-snapshot
`

const zsh = `#compdef prefect-snapshot
# Completion of prefect-snapshot for zsh.
# Save it as _prefect-snapshot in a directory of $fpath, or load it in ~/.zshrc after compinit:
#   source <(prefect-snapshot completion zsh)

_prefect_snapshot() {
  local tool=\${\${(Q)words[1]}/#\\~\\//$HOME/} fallback= line value shown
  local -a given lines full partial
  given=("\${(@Q)words[2,-1]}")
  given[CURRENT-1]="\${(Q)PREFIX}"
  lines=("\${(@f)$("$tool" __complete zsh $((CURRENT - 2)) "\${(@)given}" 2>/dev/null)}")
  fallback=$lines[1]
  for line in "\${(@)lines[2,-1]}"; do
    value=\${\${line%%$'\\t'*}#?}
    shown=\${line#*$'\\t'}
    value=\${\${value//\\\\/\\\\\\\\}//:/\\\\:}
    [[ -n $shown ]] && value="$value:$shown"
    if [[ $line == p* ]]; then partial+=("$value"); else full+=("$value"); fi
  done
  (( $#full )) && _describe -t values value full
  (( $#partial )) && _describe -t values value partial -S ''
  case $fallback in
    files | directories)
      compset -P '--[^=]#='
      if [[ $fallback == files ]]; then _files; else _files -/; fi
      ;;
  esac
  (( compstate[nmatches] ))
}

if [[ $funcstack[1] == _prefect-snapshot || $funcstack[1] == _prefect_snapshot ]]; then
  _prefect_snapshot "$@"
else
  compdef _prefect_snapshot prefect-snapshot
fi
`

const fish = `# Completion of prefect-snapshot for fish.
# Save it as ~/.config/fish/completions/prefect-snapshot.fish, or load it in config.fish:
#   prefect-snapshot completion fish | source

function __prefect_snapshot_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l all (commandline -op)
    set -l tool (string replace -r '^~/' "$HOME/" -- $before[1])
    set -l after
    set -l next (math (count $before) + 1)
    test -n "$current"; and set next (math $next + 1)
    test $next -le (count $all); and set after $all[$next..-1]
    set -l words
    test (count $before) -gt 1; and set words $before[2..-1]
    set -l lines ($tool __complete fish (count $words) $words "$current" $after 2>/dev/null)
    test (count $lines) -gt 1; and printf '%s\\n' $lines[2..-1]
    set -l head (string match -r '^--[^=]+=' -- $current)
    set -l rest (string replace -r '^--[^=]+=' '' -- $current)
    set -l paths
    switch "$lines[1]"
        case files
            set paths (__fish_complete_path $rest)
        case directories
            set paths (__fish_complete_directories $rest)
    end
    for path in $paths
        printf '%s\\n' "$head$path"
    end
end

complete -c prefect-snapshot -f -k -a '(__prefect_snapshot_complete)'
`
