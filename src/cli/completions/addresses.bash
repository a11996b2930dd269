
# Addresses for `explain` and --target, and what `list` takes, from the files and the snapshot at hand; everything else is above.
_trunkline_addressed() {
    # The words as they were typed: bash cuts them at @, : and =.
    local rest="${COMP_LINE:0:COMP_POINT}" words=() i piece
    for ((i = 0; i <= COMP_CWORD; i++)); do
        piece="${COMP_WORDS[i]}"
        if [[ $i -eq 0 || "$rest" == [[:space:]]* ]]; then
            rest="${rest#"${rest%%[![:space:]]*}"}"
            words+=("")
        fi
        # The cursor can be within a word.
        [[ "$rest" == "$piece"* ]] || piece="$rest"
        words[${#words[@]} - 1]+="$piece"
        rest="${rest#"$piece"}"
    done

    # Without quotes, as the program would get them.
    local plain=() found=()
    for piece in "${words[@]}"; do
        piece="${piece//\\/}"
        piece="${piece#[\"\']}"
        plain+=("${piece%[\"\']}")
    done
    while IFS= read -r piece; do
        found+=("$piece")
    done < <(trunkline complete -- "${plain[@]:1}" 2>/dev/null)
    if [[ ${#found[@]} -eq 0 ]]; then
        _trunkline "$@"
        # Options are offered where one is begun; elsewhere files are.
        if [[ "$2" != -* && " ${COMPREPLY[*]}" != *" "[^-]* ]]; then
            COMPREPLY=()
        fi
        return
    fi

    # Only what follows the last cut is replaced, and inside of quotes nothing is escaped.
    local last="${words[${#words[@]} - 1]}" quoted=""
    [[ "$last" == -*target=* ]] && last="${last#*=}"
    if [[ "$last" == [\"\']* ]]; then
        quoted=1
        last="${last:1}"
    fi
    local head="${last%"$2"}"
    COMPREPLY=()
    for piece in "${found[@]}"; do
        [[ -n "$quoted" ]] || printf -v piece %q "$piece"
        COMPREPLY+=("${piece#"$head"}")
    done
    # A kind is only the beginning.
    if [[ ${#found[@]} -eq 1 && "${found[0]}" == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _trunkline_addressed -o nosort -o bashdefault -o default trunkline
else
    complete -F _trunkline_addressed -o bashdefault -o default trunkline
fi
