import { filesLine } from './candidates.js';

/** The shells that there is a completion script for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What the scripts call for candidates; the words of the command line follow. */
const ask = 'completion candidates --';

const bash = `# Completion of ipvsadm for bash.
_ipvsadm() {
    local IFS=$' \\t\\n' line=\${COMP_LINE:0:COMP_POINT} candidate current kept='' ends
    local -a words candidates=()
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    while ((\${#words[@]} > 1)) && [[ \${words[0]} != "$1" ]]; do words=("\${words[@]:1}"); done
    words=("\${words[@]:1}")
    words=("\${words[@]//[\\\\\\"\\']/}")
    current=\${words[\${#words[@]} - 1]}
    while IFS=$'\\t' read -r candidate _; do
        if [[ $candidate == ${filesLine} ]]; then
            compopt -o filenames
            while IFS= read -r candidate; do candidates+=("$candidate"); done < <(compgen -f -- "$current")
        else
            candidates+=("$candidate")
        fi
    done < <("$1" ${ask} "\${words[@]}" 2>/dev/null)
    # Readline replaces only what stands behind the last of these characters.
    ends=\${COMP_WORDBREAKS//[^:=]/}
    [[ -n $ends && $current == *[$ends]* ]] && kept=\${current%"\${current##*[$ends]}"}
    COMPREPLY=("\${candidates[@]#"$kept"}")
}
complete -F _ipvsadm ipvsadm
`;

const zsh = `#compdef ipvsadm
# Completion of ipvsadm for zsh.
_ipvsadm() {
    local line
    local -a lines described
    lines=("\${(@f)$("\$words[1]" ${ask} "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
    for line in $lines; do
        if [[ $line == ${filesLine} ]]; then
            _files
        else
            line=\${line//:/\\\\:}
            described+=("\${line/$'\\t'/:}")
        fi
    done
    ((\${#described})) && _describe candidate described
}
if [[ $funcstack[1] == _ipvsadm ]]; then
    _ipvsadm "$@"
else
    compdef _ipvsadm ipvsadm
fi
`;

const fish = `# Completion of ipvsadm for fish.
function __ipvsadm_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] ${ask} $words[2..] "$current" 2>/dev/null)
        if test "$line" = ${filesLine}
            __fish_complete_path "$current"
        else
            echo -- $line
        end
    end
end
complete -c ipvsadm -f -a '(__ipvsadm_candidates)'
`;

/** The script that teaches a shell to complete ipvsadm. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
