import type { Shell } from './shells.ts';

// Each script asks `tgstore complete` for the words that fit. The first line of the answer is none, files or
// directories: what the shell shall offer of its own. Each further line is a word, a tab and what it is. No script
// gives the shell anything to evaluate: neither what is typed nor what stands in a store.
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: String.raw`# tgstore: completion for bash
_tgstore() {
  local line paths=''
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $paths ]]; then
      paths=$line
      continue
    fi
    line=${'$'}{line%%$'\t'*}
    [[ $line == *[!A-Za-z0-9_@%+=:,./-]* ]] && printf -v line %q "$line"
    COMPREPLY+=("$line")
  done < <(tgstore complete bash --current="${'$'}{COMP_WORDS[COMP_CWORD]}" -- "${'$'}{COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
  # bash 3 has no compopt; it offers files where there is nothing else
  case $paths in
    none) compopt +o default 2>/dev/null ;;
    directories) compopt +o default -o dirnames 2>/dev/null ;;
  esac
}
complete -o default -F _tgstore tgstore
`,
  zsh: String.raw`#compdef tgstore
# tgstore: completion for zsh
_tgstore() {
  local line value paths=''
  local -a candidates
  while IFS= read -r line; do
    if [[ -z $paths ]]; then
      paths=$line
      continue
    fi
    value=${'$'}{line%%$'\t'*}
    value=${'$'}{value//\\/\\\\}
    candidates+=("${'$'}{value//:/\\:}:${'$'}{line#*$'\t'}")
  done < <(tgstore complete zsh --current="${'$'}{(Q)PREFIX}" -- "${'$'}{(@Q)words[2,CURRENT-1]}" 2>/dev/null)
  (( $#candidates )) && _describe tgstore candidates
  [[ $paths == none ]] && return
  compset -P '--*='
  if [[ $paths == directories ]]; then _files -/; else _files; fi
}
if [[ $funcstack[1] == _tgstore ]]; then
  _tgstore "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _tgstore tgstore
fi
`,
  fish: String.raw`# tgstore: completion for fish
function __tgstore_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    set -l plain (string unescape -- "$current"; or printf '%s\n' "$current")
    set -l answer (tgstore complete fish --current="$plain" -- $words 2>/dev/null)
    set -l option (string match -r -- '^--[^=]+=' "$current")
    set -l path (string replace -r -- '^--[^=]+=' '' "$current")
    switch "$answer[1]"
        case files
            printf '%s\n' "$option"(__fish_complete_path "$path")
        case directories
            printf '%s\n' "$option"(__fish_complete_directories "$path")
    end
    set -e answer[1]
    if set -q answer[1]
        printf '%s\n' $answer
    end
end
complete -c tgstore -e
complete -c tgstore -f -a '(__tgstore_complete)'
`,
  powershell: String.raw`# tgstore: completion for PowerShell
Register-ArgumentCompleter -Native -CommandName tgstore -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($null -ne $_.Value) { "$($_.Value)" } else { $_.Extent.Text } })
    $answer = @(& tgstore complete powershell "--current=$wordToComplete" '--' @before 2>$null)
    if ($answer.Length -eq 0) { return }
    $found = @($answer | Select-Object -Skip 1)
    foreach ($line in $found) {
        $value, $description = $line.Split([char]9, 2)
        $quoted = $value
        if ($value -notmatch '^[A-Za-z0-9_./\\=+-]+$') { $quoted = "'" + $value.Replace("'", "''") + "'" }
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($quoted, $value, 'ParameterValue', $description)
    }
    # without an answer of ours PowerShell offers files
    if ($found.Length -eq 0 -and $answer[0] -eq 'none') { '' }
}
`,
};
